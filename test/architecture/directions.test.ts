import { describe, expect, it } from 'vitest';
import { placeOf, type Source, sourcesIn } from './sources.ts';

/**
 * The capabilities whose public interface each capability may use. Only fulfillment uses orders, stock, payments and
 * shipping together. None of these uses another, except that orders are priced, pricing reads the catalog and the settings, and
 * the catalog shows availability.
 */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  fulfillment: ['orders', 'pricing', 'inventory', 'payments', 'shipping'],
  orders: ['pricing'],
  pricing: ['catalog', 'settings'],
  settings: [],
  catalog: ['inventory'],
  inventory: [],
  payments: [],
  shipping: [],
  operations: [],
  /** Purchases of labels refer to the order of a parcel. */
  sandbox: ['shipping'],
};

/** The rooms of the inventory whose public interface each room may use. */
const roomMayUse: Readonly<Record<string, readonly string[]>> = {
  locations: [],
  sharding: ['locations'],
  sourcing: ['locations', 'sharding'],
  availability: ['locations', 'sharding', 'sourcing'],
  reservations: ['locations', 'sharding', 'sourcing', 'availability'],
  backorders: ['locations', 'sharding', 'sourcing', 'availability', 'reservations'],
  ledger: ['locations', 'sharding', 'availability', 'reservations', 'backorders'],
  audit: ['locations', 'sharding', 'sourcing', 'availability', 'reservations', 'backorders', 'ledger'],
};

const functions = sourcesIn('functions');

interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly target: string;
}

/** Imports, also of types, from one capability or room to another. */
function crossings(sources: readonly Source[], nameOf: (path: string) => string | undefined): Crossing[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) => {
      const [from, to] = [nameOf(path), nameOf(target)];
      return from === undefined || to === undefined || from === to ? [] : [{ from, to, path, target }];
    }),
  );
}

const capabilityOf = (path: string) => {
  const capability = placeOf(path)?.capability;
  return capability === 'shared' ? undefined : capability;
};
const roomOf = (path: string) => placeOf(path)?.room;

const betweenCapabilities = crossings(functions, capabilityOf);
const betweenRooms = crossings(functions, roomOf);

const outside = (all: readonly Crossing[], allowed: Readonly<Record<string, readonly string[]>>) =>
  all.filter(({ from, to }) => !allowed[from]?.includes(to)).map(({ path, target }) => `${path} -> ${target}`);
const pastDoors = (all: readonly Crossing[], isDoor: (target: string) => boolean) =>
  all.filter(({ target }) => !isDoor(target)).map(({ path, target }) => `${path} -> ${target}`);
const isDoor = (target: string) => placeOf(target)?.layer === 'door';
const isDoorOfCapability = (target: string) => isDoor(target) && roomOf(target) === undefined;

describe('capabilities', () => {
  it('are all listed with what they may use', () => {
    const found = new Set(functions.flatMap(({ path }) => capabilityOf(path) ?? []));
    expect([...found].sort()).toEqual(Object.keys(mayUse).sort());
  });

  it('use only those that are allowed', () => {
    expect(outside(betweenCapabilities, mayUse)).toEqual([]);
  });

  it('use each other through the door, index.ts, and nothing behind it, not even the door of a room', () => {
    expect(pastDoors(betweenCapabilities, isDoorOfCapability)).toEqual([]);
  });

  it('form no circle, types included', () => {
    expect(circlesIn(graphOf(betweenCapabilities))).toEqual([]);
  });
});

describe('rooms of the inventory', () => {
  it('are all listed with what they may use', () => {
    const found = new Set(functions.flatMap(({ path }) => roomOf(path) ?? []));
    expect([...found].sort()).toEqual(Object.keys(roomMayUse).sort());
  });

  it('use only those that are allowed', () => {
    expect(outside(betweenRooms, roomMayUse)).toEqual([]);
  });

  it('are used through their doors, by other rooms and by entry points', () => {
    const entering = functions
      .filter(({ path }) => roomOf(path) === undefined && capabilityOf(path) === 'inventory')
      .flatMap(({ path, imports }) =>
        imports.map(({ target }) => ({ from: '', to: roomOf(target) ?? '', path, target })),
      )
      .filter(({ to }) => to !== '');
    expect(pastDoors([...betweenRooms, ...entering], isDoor)).toEqual([]);
  });

  it('form no circle, types included', () => {
    expect(circlesIn(graphOf(betweenRooms))).toEqual([]);
  });
});

describe('files', () => {
  it('import each other in no circle, types included', () => {
    const everything = sourcesIn(
      ...['functions', 'events', 'api', 'statemachines', 'infra', 'local', 'bench', 'scripts', 'test'],
    );
    const graph = new Map(everything.map(({ path, imports }) => [path, new Set(imports.map(({ target }) => target))]));
    expect(graph.size).toBeGreaterThan(500);
    expect(circlesIn(graph)).toEqual([]);
  });
});

describe('the search for circles', () => {
  it('finds one that leads through several places', () => {
    const graph = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['a', 'd'])],
    ]);
    expect(circlesIn(graph)).toEqual(['a -> b -> c -> a']);
  });
});

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

function graphOf(all: readonly Crossing[]): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of all) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  return graph;
}

function circlesIn(graph: Graph): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) circles.push([...trail.slice(trail.indexOf(name)), name].join(' -> '));
    if (done.has(name) || trail.includes(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return circles;
}
