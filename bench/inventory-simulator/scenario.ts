import { assumedFleet, type FleetModel } from './fleet.ts';
import { type Algorithm, noFaults, type ProcessFaults } from './shop-process.ts';
import { assumedStore, type StoreModel } from './simulated-store.ts';

/** A sale of one SKU, one unit for each buyer. */
export interface Scenario {
  readonly seed: number;
  readonly algorithm: Algorithm;
  /** Buyers per second on average; they arrive at random. */
  readonly perSecond: number;
  readonly buyers: number;
  readonly units: number;
  readonly shards: number;
  readonly store: StoreModel;
  readonly fleet: FleetModel;
  /** Requests per second that the API accepts; further buyers have to come again. */
  readonly apiPerSecond: number;
  /** Share of the holds that are released, and after how long. */
  readonly releases: { readonly share: number; readonly afterMs: number };
  readonly faults: ProcessFaults;
  /** Share of the requests that arrive twice. */
  readonly duplicates: number;
  readonly sweepers: number;
  /** Whether the plan grows with contention, as in production; else the number of shards is fixed. */
  readonly adaptive: boolean;
  /** How long after the last arrival the simulation goes on. Buyers without an answer by then never get one. */
  readonly patienceMs: number;
}

/** API Gateway's quota for an account. */
const defaultApiPerSecond = 10_000;
/** Quotas are raised with this margin. */
const quotaRoom = 1.2;

type Wanted = Pick<Scenario, 'seed' | 'algorithm' | 'perSecond' | 'shards'> & Partial<Scenario>;

/**
 * A scenario with the defaults of the sale of the goals: 10,000 units, prepared, so that environments are warm and
 * quotas are raised.
 */
export function scenarioOf(wanted: Wanted): Scenario {
  const { perSecond } = wanted;
  return {
    units: 10_000,
    buyers: buyersAt(perSecond),
    store: { ...assumedStore, partitions: partitionsFor(perSecond) },
    fleet: { ...assumedFleet, concurrency: concurrencyFor(perSecond), provisioned: provisionedFor(perSecond) },
    apiPerSecond: Math.max(defaultApiPerSecond, quotaRoom * perSecond),
    releases: { share: 0, afterMs: 0 },
    faults: noFaults,
    duplicates: 0,
    sweepers: 0,
    adaptive: false,
    patienceMs: 10_000,
    ...wanted,
  };
}

/** The partitions of a table that was warmed for twice the writes of the sale at its peak, two units each. */
function partitionsFor(perSecond: number): number {
  return Math.max(assumedStore.partitions, Math.ceil((4 * perSecond) / assumedStore.writeUnitsPerSecond));
}

/** The concurrency: Lambda's default for an account, or the raised quota of such a sale. */
function concurrencyFor(perSecond: number): number {
  return Math.max(assumedFleet.concurrency, Math.ceil(perSecond * 0.1));
}

/** The number of buyers: enough to sell out long before the last one, in a sale of not too many seconds. */
function buyersAt(perSecond: number): number {
  if (perSecond >= 10_000) return 100_000;
  return perSecond >= 5_000 ? 50_000 : 12_000;
}

/** The provisioned environments: those busy at a time when a request takes 40 ms, and at least a few. */
function provisionedFor(perSecond: number): number {
  return Math.max(10, Math.ceil(perSecond * 0.04));
}
