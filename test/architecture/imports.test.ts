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

const isOurs = (target: string) => /^(functions|events|api|infra|local|test|bench|scripts)\//.test(target);
const isContract = (target: string) => target.startsWith('events/') || target.startsWith('api/');

describe('imports point one way', () => {
  it('reads imports as they are written', () => {
    const [source] = sourcesIn('test/architecture').filter(({ path }) => path.endsWith('imports.test.ts'));
    expect(source?.imports).toEqual([
      { target: 'vitest', typeOnly: false },
      { target: 'test/architecture/sources.ts', typeOnly: false },
    ]);
    const fold = functions.find(({ path }) => path === 'functions/orders/domain/fold-order.ts');
    expect(fold?.imports).toContainEqual({ target: 'events/catalog.ts', typeOnly: true });
  });

  it('and every file of ours that is imported exists', () => {
    const all = sourcesIn('functions', 'events', 'api', 'infra', 'local', 'test', 'bench', 'scripts');
    const known = new Set(all.map(({ path }) => path));
    const broken = forbidden(all, (target) => !isOurs(target) || !target.endsWith('.ts') || known.has(target));
    expect(broken).toEqual([]);
  });

  it('a domain imports domains, the kernel and the contracts, and nothing that reaches outside', () => {
    const pure = (target: string) =>
      placeOf(target)?.layer === 'domain' ||
      // The door of another room; what a domain takes from there is in that room's domain.
      (placeOf(target)?.layer === 'door' && placeOf(target)?.room !== undefined) ||
      target.startsWith('functions/shared/kernel/') ||
      target === 'functions/shared/saga-state.ts' ||
      ['zod/mini', 'node:crypto'].includes(target) ||
      isContract(target);
    expect(forbidden(layer('domain'), pure)).toEqual([]);
  });

  it('a room is entered by its door, from everywhere', () => {
    const byDoor = (target: string, source: Source) => {
      const [from, to] = [placeOf(source.path), placeOf(target)];
      if (to?.capability !== 'inventory') return true;
      if (from?.capability !== 'inventory') return target === 'functions/inventory/index.ts';
      return to.layer === 'door' ? to.room !== from.room && to.room !== undefined : to.room === from.room;
    };
    const inDoor = ({ path }: Source) => path === 'functions/inventory/index.ts';
    expect(
      forbidden(
        functions.filter((source) => !inDoor(source)),
        byDoor,
      ),
    ).toEqual([]);
  });

  it('inventory knows no other capability', () => {
    const inventory = functions.filter(({ path }) => path.startsWith('functions/inventory/'));
    const known = (target: string) => /^functions\/(inventory|shared)\//.test(target) || isContract(target);
    expect(forbidden(inventory, (target) => !isOurs(target) || known(target))).toEqual([]);
  });

  it('the rooms of inventory import each other in no circle, types included', () => {
    const rooms = functions.filter(({ path }) => placeOf(path)?.room !== undefined);
    const pairs = rooms.flatMap(({ path, imports }) =>
      imports.flatMap(({ target }) => {
        const [from, to] = [placeOf(path)?.room, placeOf(target)?.room];
        return from !== undefined && to !== undefined && from !== to ? [[from, to] as const] : [];
      }),
    );
    const byRoom = Map.groupBy(pairs, ([from]) => from);
    const graph = new Map([...byRoom].map(([from, all]) => [from, all.map(([, to]) => to)]));
    expect(circlesIn(graph)).toEqual([]);
  });

  it('an adapter imports no entry point', () => {
    expect(
      forbidden(
        layer('adapters'),
        (target) => placeOf(target)?.layer !== 'entry' || target.startsWith('functions/shared/'),
      ),
    ).toEqual([]);
  });

  it('an entry point imports no entry point', () => {
    expect(
      forbidden(
        layer('entry'),
        (target) => placeOf(target)?.layer !== 'entry' || target.startsWith('functions/shared/'),
      ),
    ).toEqual([]);
  });

  it('an entry point leaves technology to its adapters', () => {
    const packages = forbidden(
      layer('entry'),
      (target, _, typeOnly) => typeOnly || isOurs(target) || target === 'zod/mini',
    );
    expect(packages).toEqual([]);
  });

  it('what all functions share knows no capability', () => {
    expect(
      forbidden(inShared, (target) => !target.startsWith('functions/') || target.startsWith('functions/shared/')),
    ).toEqual([]);
  });

  it('the kernel imports itself and the few pure parts of Node that it is made of', () => {
    const node = ['node:crypto', 'node:timers/promises'];
    expect(
      forbidden(kernel, (target) => target.startsWith('functions/shared/kernel/') || node.includes(target)),
    ).toEqual([]);
  });

  it('nothing in functions knows how it is deployed, run here, tested or measured', () => {
    expect(
      forbidden(functions, (target) => !isOurs(target) || target.startsWith('functions/') || isContract(target)),
    ).toEqual([]);
  });

  it.each(['events', 'api'])('%s imports zod/mini and its own folder', (folder) => {
    expect(forbidden(sourcesIn(folder), (target) => target === 'zod/mini' || target.startsWith(`${folder}/`))).toEqual(
      [],
    );
  });

  it('infra imports the contracts, and no code of a function', () => {
    expect(
      forbidden(sourcesIn('infra'), (target) => !isOurs(target) || target.startsWith('infra/') || isContract(target)),
    ).toEqual([]);
  });

  it('the local runner runs what is deployed, and imports none of it', () => {
    expect(forbidden(sourcesIn('local'), (target) => !target.startsWith('functions/'))).toEqual([]);
  });

  it('functions and contracts use the small zod', () => {
    expect(forbidden([...functions, ...sourcesIn('events', 'api')], (target) => target !== 'zod')).toEqual([]);
  });

  it('capabilities import each other in no circle of files', () => {
    expect(circlesOf(functions)).toEqual([]);
  });
});

/** Files that import themselves through others; types do not count, they are gone at run time. */
function circlesOf(sources: readonly Source[]): string[] {
  const targets = ({ imports }: Source) =>
    imports.filter(({ target, typeOnly }) => !typeOnly && target.startsWith('functions/')).map(({ target }) => target);
  return circlesIn(new Map(sources.map((source) => [source.path, targets(source)])));
}

function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
}
