import { describe, expect, it } from 'vitest';
import { codeOf, placeOf, type Source, sourcesIn, uncommented } from './sources.ts';

const functions = sourcesIn('functions');
const product = [...functions, ...sourcesIn('events', 'api', 'infra', 'local', 'statemachines', 'bench', 'scripts')];
const everything = [...product, ...sourcesIn('test')];
const entryPoints = functions.filter(
  ({ path }) => placeOf(path)?.layer === 'entry' && !path.startsWith('functions/shared/'),
);
const domains = functions.filter(({ path }) => placeOf(path)?.layer === 'domain');

const maxEntryPointLines = 40;
const maxFileLines = 350;
const maxFunctionLines = 70;

/** Every occurrence of a pattern in code, as `file:line  text`. */
function findings(sources: readonly Source[], pattern: RegExp, text: (source: Source) => string = codeOf): string[] {
  return sources.flatMap((source) =>
    text(source)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${source.path}:${index + 1}  ${line.trim()}`] : [])),
  );
}

const raw = ({ text }: Source) => text;
const tooLong = (sources: readonly Source[], most: number) =>
  sources.filter(({ lines }) => lines.length > most).map(({ path, lines }) => `${path} has ${lines.length} lines`);

describe('an entry point', () => {
  it('exists', () => {
    expect(entryPoints.length).toBeGreaterThan(20);
  });

  it(`has at most ${maxEntryPointLines} lines`, () => {
    expect(tooLong(entryPoints, maxEntryPointLines)).toEqual([]);
  });

  it('is named verb-noun', () => {
    const verbs =
      'adjust announce answer audit authorize await book cancel capture commit confirm continue count expire fill get hold list move place project publish put quote rebalance receive record reject release request reserve resume show start void'.split(
        ' ',
      );
    const named = ({ path }: Source) => new RegExp(`/(${verbs.join('|')})(-[a-z]+)+\\.ts$`).test(path);
    expect(entryPoints.filter((source) => !named(source)).map(({ path }) => path)).toEqual([]);
  });

  it('exports its handler and nothing else', () => {
    const wrong = entryPoints.filter((source) => {
      const exported = codeOf(source).match(/^export .*/gm) ?? [];
      return exported.length !== 1 || !/^export const handler\b/.test(exported[0] ?? '');
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('wires and decides nothing: it branches only on a refusal or a missing value', () => {
    const branches = findings(entryPoints, /\b(if|switch|for|while)\s*\(/).filter(
      (line) => !/\bif \((isRefusal\(\w+\)|\w+ === undefined|\w+\?\.active !== true)\) return\b/.test(line),
    );
    expect(branches).toEqual([]);
  });

  it('chooses only by a refusal, a missing value, the caller or the mode of a request', () => {
    const choices = findings(entryPoints, /\s\?\s/).filter(
      (line) =>
        !/(isRefusal\(\w+\)|\w+ === undefined|isStaff\(actor\)|mode === ''|await resume\(order\)\)) \? /.test(line),
    );
    expect(choices).toEqual([]);
  });
});

describe('a domain', () => {
  it('is synchronous', () => {
    expect(findings(domains, /\basync\b|\bawait\b|\bPromise\b/)).toEqual([]);
  });

  it('has no clock, no randomness and no input or output', () => {
    const impure =
      /\bnew Date\(\s*\)|\bDate\.now\b|\bMath\.random\b|\brandomUUID\b|\bprocess\.|\bperformance\.|\bconsole\.|\bfetch\(|\bset(Timeout|Interval|Immediate)\b|\bglobalThis\b|\bcrypto\./;
    expect(findings(domains, impure)).toEqual([]);
  });
});

describe('a domain and the kernel', () => {
  it('have no state: neither variables nor collections to be filled at the top level', () => {
    const stateful =
      /^(export )?let\b|^(export )?const \w+(: (?!Readonly)[^=]+)? = (new (Map|Set|WeakMap|WeakSet|TtlMap)(<.*>)?\(\)|\[\]|\{\})/;
    const kernel = functions.filter(({ path }) => path.startsWith('functions/shared/kernel/'));
    expect(findings([...domains, ...kernel], stateful)).toEqual([]);
  });
});

describe('a function', () => {
  it('reads its environment in one place', () => {
    const elsewhere = functions.filter(({ path }) => path !== 'functions/shared/config.ts');
    expect(findings(elsewhere, /\bprocess\.env\b/)).toEqual([]);
  });

  it("reads the system's clock in one place", () => {
    const elsewhere = functions.filter(({ path }) => path !== 'functions/shared/kernel/time.ts');
    expect(findings(elsewhere, /\bnew Date\(\s*\)|\bDate\.now\b/)).toEqual([]);
  });

  it('uses randomness only for backoff and client tokens; the sandbox is exempt', () => {
    const allowed = ['functions/shared/kernel/backoff.ts', 'functions/shared/aws/direct-dynamo.ts'];
    const elsewhere = functions.filter(({ path }) => !allowed.includes(path) && !path.startsWith('functions/sandbox/'));
    expect(findings(elsewhere, /\bMath\.random\b|\brandomUUID\b/)).toEqual([]);
  });

  it('logs only through the logger', () => {
    expect(findings(functions, /\bconsole\./)).toEqual([]);
  });

  it('creates AWS clients in one place', () => {
    const elsewhere = functions.filter(({ path }) => path !== 'functions/shared/aws/clients.ts');
    expect(findings(elsewhere, /\bnew (DynamoDB|EventBridge|SFN|SQS|SecretsManager)Client\(/)).toEqual([]);
  });

  it('hard-codes no endpoint, account or region of AWS', () => {
    expect(
      findings(
        functions,
        /amazonaws\.com|\b\d{12}\b(?!_)|\b(us|eu|ap)-(east|west|central|south|north)[a-z]*-\d\b/,
        uncommented,
      ),
    ).toEqual([]);
  });
});

describe('every file', () => {
  it(`has at most ${maxFileLines} lines, unless it is a test`, () => {
    expect(tooLong(product, maxFileLines)).toEqual([]);
  });

  it(`has functions of at most ${maxFunctionLines} lines`, () => {
    expect(product.flatMap(longFunctions)).toEqual([]);
  });

  it('is finished', () => {
    const unfinished = new RegExp(
      `\\b(${['TO', 'FIX', 'X', 'HA'].map((word, index) => word + ['DO', 'ME', 'XX', 'CK'][index]).join('|')})\\b`,
    );
    expect(findings(everything, unfinished, raw)).toEqual([]);
  });

  it('is named in small letters with hyphens', () => {
    const named = /^[a-z0-9./-]+\.ts$/;
    expect(everything.filter(({ path }) => !named.test(path)).map(({ path }) => path)).toEqual([]);
  });

  it('in functions has a unique name, except index.ts', () => {
    const byName = Map.groupBy(
      functions.filter(({ path }) => !path.endsWith('/index.ts')),
      ({ path }) => path.slice(path.lastIndexOf('/') + 1),
    );
    const shared = [...byName.values()].filter((files) => files.length > 1);
    expect(shared.map((files) => files.map(({ path }) => path))).toEqual([]);
  });

  it('has no meaningless suffix in its name', () => {
    const file = /-?(manager|helpers?|utils?|impl|service)\.ts$/;
    expect(everything.filter(({ path }) => file.test(path)).map(({ path }) => path)).toEqual([]);
    const exported =
      /^export (?:default )?(?:abstract )?(?:async )?(?:class|function|const|interface|type) \w*(Manager|Helpers?|Utils?|Impl|Service)\b/;
    expect(findings(everything, exported)).toEqual([]);
  });

  it('casts nothing to any', () => {
    const typed = product.filter(({ path }) => !path.startsWith('local/'));
    expect(findings(typed, /\bas any\b|:\s*any\b|<any\b|\bany\[\]|\bas never\b/)).toEqual([]);
  });

  it('disables no rule without a reason', () => {
    expect(
      findings(everything, /biome-ignore [\w/]+(?!.*: \S)|@ts-(ignore|nocheck|expect-error)/, raw).filter(
        (line) => !line.startsWith('test/architecture/'),
      ),
    ).toEqual([]);
  });

  it('has comments in plain technical English', () => {
    const dialect =
      /\b(who(so)?ever|whomever|whatever becomes|(no|some|any|every)body|of late|for ever|(is|are|be|was|were|unless) told|told of|it is said|hears? of|heard of|g(ive|ives|ave|iven|iving) (it |them )?back|tak(e|es|en) back|goes its way|befalls?|works? off|knows no(thing)?|anyhow|he|him|his)\b/i;
    const comments = (source: Source) =>
      source.text.replace(/[^\n]/g, (character, at: number) => (isInComment(source, at) ? character : ' '));
    expect(findings(product, dialect, comments)).toEqual([]);
  });

  it('is spelled the American way', () => {
    const british =
      /\b(colour|behaviour|fulfilment|catalogue|favourite|honour|neighbour|centre|licence|(author|organ|serial|normal|initial|recogn)is(e|ed|es|ing|ation))\b/i;
    expect(findings(product, british, raw).filter((line) => !line.startsWith('test/architecture/'))).toEqual([]);
  });
});

/** Functions from their first line in column 0 to the brace in column 0 that closes them. Factories count by what they return. */
function longFunctions({ path, lines }: Source): string[] {
  const long: string[] = [];
  let start: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (/^(export )?(async )?function\*? \w/.test(line)) start = index;
    if (start === undefined || !/^\}/.test(line)) continue;
    if (index - start + 1 > maxFunctionLines) long.push(`${path}:${start + 1} is ${index - start + 1} lines long`);
    start = undefined;
  }
  return long;
}

const commentRanges = new Map<Source, readonly (readonly [number, number])[]>();

/** Whether a position of the text is inside a comment. */
function isInComment(source: Source, at: number): boolean {
  const known = commentRanges.get(source);
  const ranges =
    known ??
    [...source.text.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|[^:'"`])\/\/.*$/gm)].map(
      (match) => [match.index, match.index + match[0].length] as const,
    );
  if (known === undefined) commentRanges.set(source, ranges);
  return ranges.some(([start, end]) => at >= start && at < end);
}
