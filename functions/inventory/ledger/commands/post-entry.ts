import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { ShardStore } from '../../sharding/index.ts';
import type { LedgerRecord, Posting } from '../domain/ledger-record.ts';
import { bookedShards, booksAt, type SkuBooks } from '../domain/location-books.ts';
import type { LedgerStore } from './ledger-store.ts';

/** Attempts to post an entry while the shards change; the pauses between them add up to about two seconds. */
const maxDecisions = 12;

export interface PostDependencies {
  readonly ledger: Pick<LedgerStore, 'planAndRecord' | 'post'>;
  readonly shards: Pick<ShardStore, 'read'>;
  readonly pace: Pace;
}

/**
 * Reads the stock at the locations, decides on a posting and writes it. Starts over when the stock changed between read
 * and write.
 *
 * @param entry kind and id of the record; undefined for a posting without one.
 * @param decide returns the posting, a refusal, or undefined when nothing changes.
 * @returns `before`: the record that the ledger already has under this kind and id.
 * @throws TransientFault when the shards changed during every attempt.
 */
export async function postUntilDone<Refused extends Refusal>(
  sku: string,
  locations: readonly string[],
  entry: Pick<LedgerRecord, 'kind' | 'id'> | undefined,
  { ledger, shards, pace }: PostDependencies,
  decide: (books: SkuBooks) => Omit<Posting, 'sku'> | Refused | undefined,
): Promise<{ readonly done: true } | { readonly before: LedgerRecord } | Refused> {
  for (let attempt = 0; attempt < maxDecisions; attempt++) {
    // Plan and record come before the shards, because a plan that is read later may have shards that were not read.
    const { plan, record } = await ledger.planAndRecord(sku, entry);
    const found = await shards.read(
      locations.flatMap((location) => bookedShards(plan, sku, location)),
      'strong',
    );
    if (record !== undefined) return { before: record };
    const posting = decide({ sku, plan, locations: locations.map((location) => booksAt(plan, location, found)) });
    if (posting === undefined) return { done: true };
    if (isRefusal(posting)) return posting as Refused;
    const result = await untilUncontended(pace, () => ledger.post({ sku, ...(posting as Omit<Posting, 'sku'>) }));
    if (result.outcome === 'repeated') return { before: result.record };
    if (result.outcome === 'posted') return { done: true };
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: the stock changed during each of ${maxDecisions} attempts`);
}
