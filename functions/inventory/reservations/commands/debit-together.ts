import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { isTransient } from '../../../shared/kernel/faults.ts';
import {
  type Debited,
  type DebitOutcome,
  type ReservedUnits,
  type ShardCounters,
  type ShardStore,
  undoDebit,
} from '../../sharding/index.ts';

/** Writes of one large order that run at the same time. */
const concurrency = 16;
/** Attempts at one contended debit; with their pauses they take a third of a second. */
const maxRepetitions = 6;
/**
 * How long an attempt may debit. Other processes take its entries for abandoned five seconds later, and a step's function
 * runs for up to fifteen seconds.
 */
const attemptMs = 8_000;

export interface TogetherDependencies {
  readonly shards: Pick<ShardStore, 'debit' | 'undoDebit' | 'dropEntries'>;
  readonly pace: Pace;
  nonce(): string;
  nowMs(): number;
}

/** The debits of one attempt, which share a nonce. */
export interface Attempt {
  readonly nonce: string;
  readonly taken: readonly Debited[];
}

export type TogetherOutcome =
  | { readonly outcome: 'debited'; readonly attempt: Attempt }
  | { readonly outcome: 'insufficient'; readonly shard: ShardCounters }
  /** Other requests were writing a shard, or the time was over. */
  | { readonly outcome: 'contended' };

/**
 * Debits the units of a large order, each shard by one plain write, or leaves everything as it was. All debits have one
 * nonce, so the reservation that binds it binds all of them, and a sweep that voids it keeps all of them from being bound.
 *
 * @throws the fault of a debit whose outcome is unknown, after the others are undone. Its nonce is never bound: an entry
 * that exists is repaired like that of a crashed process.
 */
export async function debitTogether(
  orderId: string,
  units: readonly ReservedUnits[],
  dependencies: TogetherDependencies,
): Promise<TogetherOutcome> {
  const { shards, pace, nowMs } = dependencies;
  const nonce = dependencies.nonce();
  const endMs = nowMs() + attemptMs;
  const taken: Debited[] = [];
  let failed: Exclude<TogetherOutcome, { readonly outcome: 'debited' }> | undefined;
  const debitOne = async ({ location, sku, shard, quantity }: ReservedUnits): Promise<void> => {
    const debit = { location, sku, shard, quantity, orderId, nonce, at: endMs, drops: [] };
    let result: DebitOutcome = { outcome: 'contended' };
    for (let attempt = 0; attempt < maxRepetitions && result.outcome === 'contended'; attempt++) {
      if (attempt > 0) await backOff(attempt, pace);
      result = nowMs() < endMs ? await shards.debit(debit) : result;
    }
    if (result.outcome === 'debited') taken.push({ location, sku, shard, quantity, nonce });
    else failed ??= result;
  };
  const faults: unknown[] = [];
  await inParallel(units, async (each) => {
    if (failed !== undefined || faults.length > 0) return;
    await debitOne(each).catch((fault: unknown) => faults.push(fault));
  });
  if (failed === undefined && faults.length === 0 && nowMs() < endMs) {
    return { outcome: 'debited', attempt: { nonce, taken } };
  }
  await undoTogether({ nonce, taken }, dependencies);
  if (faults.length > 0) throw faults[0];
  return failed ?? { outcome: 'contended' };
}

/** Undoes the debits. One that fails for a transient reason is left to a repair: its entry is still in the journal. */
export async function undoTogether({ taken }: Attempt, dependencies: TogetherDependencies): Promise<void> {
  await inParallel(taken, async (debited) => {
    await orLater(() => undoDebit(debited, dependencies));
  });
}

/**
 * Removes the entries of debits that a reservation binds, so that the journals stay short. An entry that stays is removed
 * when its units are shipped or released.
 */
export async function dropTogether(
  { nonce, taken }: Attempt,
  { shards, nowMs }: Pick<TogetherDependencies, 'shards' | 'nowMs'>,
): Promise<void> {
  const endMs = nowMs() + attemptMs / 2;
  await inParallel(taken, async ({ location, sku, shard }) => {
    if (nowMs() < endMs) await orLater(() => shards.dropEntries({ location, sku, shard }, [nonce]));
  });
}

async function orLater(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (fault) {
    if (!isTransient(fault)) throw fault;
  }
}

async function inParallel<Each>(all: readonly Each[], work: (each: Each) => Promise<void>): Promise<void> {
  const queue = all.values();
  const next = async (): Promise<void> => {
    for (const each of queue) await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, all.length) }, next));
}
