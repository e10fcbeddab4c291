import { describe, expect, it } from 'vitest';
import { codeOf, placeOf, type Source, sourcesIn, uncommented } from './sources.ts';

const functions = sourcesIn('functions');
const product = [...functions, ...sourcesIn('events', 'api', 'infra', 'local', 'bench', 'scripts')];
const everything = [...product, ...sourcesIn('test')];
const entryPoints = functions.filter(
  ({ path }) => placeOf(path)?.layer === 'entry' && !path.startsWith('functions/shared/'),
);
const domains = functions.filter(({ path }) => placeOf(path)?.layer === 'domain');

const maxEntryPointLines = 40;
const maxFileLines = 350;
const maxFunctionLines = 70;

/** Where a pattern occurs in code, as `file:line  text`. */
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
  it('exists at all', () => {
    expect(entryPoints.length).toBeGreaterThan(20);
  });

  it(`has at most ${maxEntryPointLines} lines`, () => {
    expect(tooLong(entryPoints, maxEntryPointLines)).toEqual([]);
  });

  it('is named verb-noun', () => {
    const verbs =
      'adjust announce answer audit authorize book cancel capture commit confirm count expire fill get hold list move place project publish put receive record reject release request reserve resume show start tend void'.split(
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

  it('wires and decides nothing: all it asks is whether it was refused, or whether a thing is there', () => {
    const branches = findings(entryPoints, /\b(if|switch|for|while)\s*\(/).filter(
      (line) => !/\bif \((isRefusal\(\w+\)|\w+ === undefined|\w+\?\.active !== true)\) return\b/.test(line),
    );
    expect(branches).toEqual([]);
  });
});

describe('a domain', () => {
  it('has no clock, no chance and no way out', () => {
    const impure =
      /\bnew Date\(\s*\)|\bDate\.now\b|\bMath\.random\b|\brandomUUID\b|\bprocess\.|\bperformance\.|\bconsole\.|\bfetch\(|\bset(Timeout|Interval|Immediate)\b|\bglobalThis\b|\bcrypto\./;
    expect(findings(domains, impure)).toEqual([]);
  });
});

describe('a function', () => {
  it('reads its environment in one place', () => {
    const elsewhere = functions.filter(({ path }) => path !== 'functions/shared/config.ts');
    expect(findings(elsewhere, /\bprocess\.env\b/)).toEqual([]);
  });

  it('asks the machine for the time in one place', () => {
    const elsewhere = functions.filter(({ path }) => path !== 'functions/shared/kernel/time.ts');
    expect(findings(elsewhere, /\bnew Date\(\s*\)|\bDate\.now\b/)).toEqual([]);
  });

  it('asks for chance to wait and to name a transaction; the sandbox plays strangers, who do as they like', () => {
    const allowed = ['functions/shared/kernel/backoff.ts', 'functions/shared/aws/direct-dynamo.ts'];
    const elsewhere = functions.filter(({ path }) => !allowed.includes(path) && !path.startsWith('functions/sandbox/'));
    expect(findings(elsewhere, /\bMath\.random\b|\brandomUUID\b/)).toEqual([]);
  });

  it('speaks through the logger', () => {
    expect(findings(functions, /\bconsole\./)).toEqual([]);
  });

  it('makes AWS clients in one place', () => {
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

  it('is named for what it is: no suffix that says nothing', () => {
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

  it('switches no rule off without saying why', () => {
    expect(
      findings(everything, /biome-ignore [\w/]+(?!.*: \S)|@ts-(ignore|nocheck|expect-error)/, raw).filter(
        (line) => !line.startsWith('test/architecture/'),
      ),
    ).toEqual([]);
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
