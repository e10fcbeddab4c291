import { assumedFleet, type FleetModel } from './fleet.ts';
import { type Algorithm, type Misfortunes, noMisfortunes } from './shop-process.ts';
import { assumedStore, type StoreModel } from './simulated-store.ts';

/** A sale of one SKU, one unit to a buyer. */
export interface Scenario {
  readonly seed: number;
  readonly algorithm: Algorithm;
  /** Buyers arrive at random, so many a second on average. */
  readonly perSecond: number;
  readonly buyers: number;
  readonly units: number;
  readonly shards: number;
  readonly store: StoreModel;
  readonly fleet: FleetModel;
  /** What the API lets through; beyond it buyers are told to come again. */
  readonly apiPerSecond: number;
  /** Share of those who got something and give it back after a while. */
  readonly releases: { readonly share: number; readonly afterMs: number };
  readonly misfortunes: Misfortunes;
  /** Share of the requests that come twice. */
  readonly duplicates: number;
  readonly sweepers: number;
  /** Whether the plan grows with contention, as it does in production; else the shards stay as many as they are. */
  readonly adaptive: boolean;
  /** How long after the last arrival the simulation goes on; who has no answer by then never gets one. */
  readonly patienceMs: number;
}

/** API Gateway's quota for an account. */
export const defaultApiPerSecond = 10_000;
/** A quota is raised with some room. */
const quotaRoom = 1.2;

type Wanted = Pick<Scenario, 'seed' | 'algorithm' | 'perSecond' | 'shards'> & Partial<Scenario>;

/** The sale of the goals, 10,000 units, unless said otherwise: prepared, so environments are warm and quotas raised. */
export function scenarioOf(wanted: Wanted): Scenario {
  const { perSecond } = wanted;
  return {
    units: 10_000,
    buyers: buyersAt(perSecond),
    store: { ...assumedStore, partitions: partitionsFor(perSecond) },
    fleet: { ...assumedFleet, concurrency: concurrencyFor(perSecond), provisioned: provisionedFor(perSecond) },
    apiPerSecond: Math.max(defaultApiPerSecond, quotaRoom * perSecond),
    releases: { share: 0, afterMs: 0 },
    misfortunes: noMisfortunes,
    duplicates: 0,
    sweepers: 0,
    adaptive: false,
    patienceMs: 10_000,
    ...wanted,
  };
}

/** A table that was warmed for twice the writes of the sale at its peak, two units each. */
function partitionsFor(perSecond: number): number {
  return Math.max(assumedStore.partitions, Math.ceil((4 * perSecond) / assumedStore.writeUnitsPerSecond));
}

/** Lambda's default for an account, or what such a sale asks to be raised to. */
function concurrencyFor(perSecond: number): number {
  return Math.max(assumedFleet.concurrency, Math.ceil(perSecond * 0.1));
}

/** Enough for the stock to be gone long before the last one, in not too many seconds. */
function buyersAt(perSecond: number): number {
  if (perSecond >= 10_000) return 100_000;
  return perSecond >= 5_000 ? 50_000 : 12_000;
}

/** Environments that are busy at once when a request takes 40 ms, and at least a few. */
function provisionedFor(perSecond: number): number {
  return Math.max(10, Math.ceil(perSecond * 0.04));
}
