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
      target.startsWith('functions/shared/kernel/') ||
      target === 'functions/shared/saga-state.ts' ||
      ['zod/mini', 'node:crypto'].includes(target) ||
      isContract(target);
    expect(forbidden(layer('domain'), pure)).toEqual([]);
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

  it('the local runner is imported through local/index.ts, except by its own tests', () => {
    const outside = sourcesIn('functions', 'events', 'api', 'infra', 'test', 'bench', 'scripts').filter(
      ({ path }) => !path.startsWith('test/local/'),
    );
    expect(forbidden(outside, (target) => !target.startsWith('local/') || target === 'local/index.ts')).toEqual([]);
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
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ target, typeOnly }) => !typeOnly && target.startsWith('functions/'))
        .map(({ target }) => target),
    ]),
  );
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
