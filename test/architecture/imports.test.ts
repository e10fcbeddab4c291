import { describe, expect, it } from 'vitest';
import { placeOf, type Source, sourcesIn } from './sources.ts';

const functions = sourcesIn('functions');
const layer = (name: string) =>
  functions.filter(({ path }) => placeOf(path)?.layer === name && placeOf(path)?.capability !== 'shared');
const inShared = functions.filter(({ path }) => path.startsWith('functions/shared/'));
const kernel = inShared.filter(({ path }) => path.startsWith('functions/shared/kernel/'));

/** Every import that a rule does not allow, as `file -> target`. */
function forbidden(
  sources: readonly Source[],
  allowed: (target: string, source: Source, typeOnly: boolean) => boolean,
): string[] {
  return sources.flatMap((source) =>
    source.imports
      .filter(({ target, typeOnly }) => !allowed(target, source, typeOnly))
      .map(({ target }) => `${source.path} -> ${target}`),
  );
}

const isOurs = (target: string) =>
  /^(functions|events|api|infra|local|statemachines|test|bench|scripts)\//.test(target);
const isContract = (target: string) => target.startsWith('events/') || target.startsWith('api/');
const isShared = (target: string) => target.startsWith('functions/shared/');
const isDoor = (target: string) => placeOf(target)?.layer === 'door';

/** The layer of the file that a door exports a name from, through as many doors as there are. */
function layerBehind(door: string, name: string): string | undefined {
  const source = functions.find(({ path }) => path === door);
  const from = source?.imports.find(({ names }) => names.includes(name))?.target;
  if (from === undefined) return undefined;
  return isDoor(from) ? layerBehind(from, name) : placeOf(from)?.layer;
}

describe('the reader of imports', () => {
  it('finds imports in every notation', () => {
    const [source] = sourcesIn('test/architecture').filter(({ path }) => path.endsWith('imports.test.ts'));
    expect(source?.imports).toEqual([
      { target: 'vitest', typeOnly: false, names: ['describe', 'expect', 'it'] },
      { target: 'test/architecture/sources.ts', typeOnly: false, names: ['placeOf', 'sourcesIn'] },
    ]);
    const fold = functions.find(({ path }) => path === 'functions/orders/domain/fold-order.ts');
    expect(fold?.imports).toContainEqual({ target: 'events/catalog.ts', typeOnly: true, names: [] });
  });

  it('finds only files that exist', () => {
    const all = sourcesIn('functions', 'events', 'api', 'infra', 'local', 'statemachines', 'test', 'bench', 'scripts');
    const known = new Set(all.map(({ path }) => path));
    const broken = forbidden(all, (target) => !isOurs(target) || !target.endsWith('.ts') || known.has(target));
    expect(broken).toEqual([]);
  });

  it('knows the capability, room and layer of a file', () => {
    expect(placeOf('functions/orders/place-order.ts')).toEqual({ capability: 'orders', layer: 'entry' });
    expect(placeOf('functions/orders/index.ts')).toEqual({ capability: 'orders', layer: 'door' });
    expect(placeOf('functions/orders/domain/order.ts')).toEqual({ capability: 'orders', layer: 'domain' });
    const room = { capability: 'inventory', room: 'ledger' };
    expect(placeOf('functions/inventory/ledger/commands/x.ts')).toEqual({ ...room, layer: 'commands' });
    expect(placeOf('functions/inventory/ledger/index.ts')).toEqual({ ...room, layer: 'door' });
  });
});

describe('imports point from entry points to commands to domain', () => {
  it('a domain imports domains, doors, the kernel and the contracts, and no technology', () => {
    const pure = (target: string) =>
      placeOf(target)?.layer === 'domain' ||
      (isDoor(target) && !isShared(target)) ||
      target.startsWith('functions/shared/kernel/') ||
      ['zod/mini', 'node:crypto'].includes(target) ||
      isContract(target);
    expect(forbidden(layer('domain'), pure)).toEqual([]);
  });

  it('a command imports no adapter, no client of a service and no type of one: its effects go through ports', () => {
    const exceptions = ['actor', 'logging', 'sku-in-path'].map((name) => `functions/shared/${name}.ts`);
    const allowed = (target: string) =>
      ['commands', 'domain'].includes(placeOf(target)?.layer ?? '') ||
      (isDoor(target) && !isShared(target)) ||
      target.startsWith('functions/shared/kernel/') ||
      ['zod/mini', 'node:crypto', ...exceptions].includes(target) ||
      isContract(target);
    expect(forbidden(layer('commands'), allowed)).toEqual([]);
  });

  it('a domain takes neither the clock nor a pause from the kernel, and only hashes from Node', () => {
    const effects = new Set(['systemClock', 'systemPace', 'backOff', 'untilUncontended']);
    const impure = layer('domain').flatMap(({ path, imports }) =>
      imports.flatMap(({ target, names }) =>
        names
          .filter((name) => effects.has(name) || (target === 'node:crypto' && name !== 'createHash'))
          .map((name) => `${path} takes ${name} from ${target}`),
      ),
    );
    expect(impure).toEqual([]);
  });

  it('through a door, a domain takes only domain, and a command only commands and domain', () => {
    const taken = ['domain', 'commands'].flatMap((name) => {
      const allowed = name === 'domain' ? ['domain'] : ['domain', 'commands'];
      return layer(name).flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => isDoor(target) && !isShared(target))
          .flatMap(({ target, names }) => names.map((each) => ({ target, each, from: layerBehind(target, each) })))
          .filter(({ from }) => !allowed.includes(from ?? ''))
          .map(({ target, each }) => `${path} takes ${each} from ${target}`),
      );
    });
    expect(taken).toEqual([]);
  });

  it('neither a command nor an adapter nor a door imports an entry point', () => {
    const inside = [...layer('commands'), ...layer('adapters'), ...layer('door')];
    expect(forbidden(inside, (target) => placeOf(target)?.layer !== 'entry' || isShared(target))).toEqual([]);
  });

  it('an entry point imports no entry point', () => {
    expect(forbidden(layer('entry'), (target) => placeOf(target)?.layer !== 'entry' || isShared(target))).toEqual([]);
  });

  it('an entry point leaves technology to its adapters', () => {
    const packages = forbidden(
      layer('entry'),
      (target, _, typeOnly) => typeOnly || isOurs(target) || target === 'zod/mini',
    );
    expect(packages).toEqual([]);
  });

  it('a door only exports', () => {
    const code = layer('door').flatMap(({ path, text }) =>
      text
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .split(/;\s*/)
        .filter((statement) => statement.trim() !== '' && !/^\s*export (type )?\{[^}]*\} from '[^']+'$/.test(statement))
        .map((statement) => `${path}: ${statement.trim()}`),
    );
    expect(code).toEqual([]);
  });

  it('functions/shared imports no capability', () => {
    expect(forbidden(inShared, (target) => !target.startsWith('functions/') || isShared(target))).toEqual([]);
  });

  it('the kernel imports only itself and a few pure modules of Node', () => {
    const node = ['node:crypto', 'node:timers/promises'];
    expect(
      forbidden(kernel, (target) => target.startsWith('functions/shared/kernel/') || node.includes(target)),
    ).toEqual([]);
  });
});

describe('imports point inward between the folders of the repository', () => {
  it('functions import nothing of the infrastructure, the local runner, the tests or the benchmarks', () => {
    expect(
      forbidden(functions, (target) => !isOurs(target) || target.startsWith('functions/') || isContract(target)),
    ).toEqual([]);
  });

  it('events import zod/mini and their own folder, the API the vocabulary of the events too', () => {
    const allowed = (target: string) => target === 'zod/mini' || target.startsWith('events/');
    expect(forbidden(sourcesIn('events'), allowed)).toEqual([]);
    const vocabulary = 'events/vocabulary.ts';
    expect(
      forbidden(sourcesIn('api'), (target) => ['zod/mini', vocabulary].includes(target) || target.startsWith('api/')),
    ).toEqual([]);
  });

  it('the tables of the sagas import nothing but their own folder', () => {
    expect(forbidden(sourcesIn('statemachines'), (target) => target.startsWith('statemachines/'))).toEqual([]);
  });

  it('infra imports the contracts, and no code of a function but the prefixes of keys that it grants', () => {
    const prefixes = 'functions/shared/item-kinds.ts';
    const isAllowed = (target: string) => !isOurs(target) || target.startsWith('infra/') || isContract(target);
    expect(forbidden(sourcesIn('infra'), (target) => isAllowed(target) || target === prefixes)).toEqual([]);
    expect(sourcesIn('functions').find(({ path }) => path === prefixes)?.imports).toEqual([]);
  });

  it('the local runner imports nothing that it runs', () => {
    expect(forbidden(sourcesIn('local'), (target) => !target.startsWith('functions/'))).toEqual([]);
  });

  it('the local runner is imported through local/index.ts, except by its own tests', () => {
    const outside = sourcesIn('functions', 'events', 'api', 'infra', 'test', 'bench', 'scripts').filter(
      ({ path }) => !path.startsWith('test/local/'),
    );
    expect(forbidden(outside, (target) => !target.startsWith('local/') || target === 'local/index.ts')).toEqual([]);
  });

  it('functions and contracts use zod/mini', () => {
    expect(forbidden([...functions, ...sourcesIn('events', 'api')], (target) => target !== 'zod')).toEqual([]);
  });
});
