import type { Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { type Return, redirected } from '../domain/shard.ts';
import type { ShardId } from '../domain/shard-plan.ts';
import type { ShardStore } from './shard-store.ts';

/**
 * Most redirects from one closed shard to the next. Each one halves the number of shards, and 512 can be halved nine
 * times.
 */
export const maxRedirects = 12;

/** A debit: its units and the nonce of its journal entry. */
export interface Debited extends ShardId {
  readonly quantity: number;
  readonly nonce: string;
}

/**
 * Puts the units of a debit back for sale: in their own shard or, where that is closed, in the one that takes its
 * place.
 *
 * @returns false when the entry was gone: another process undid the debit, or it is bound.
 * @throws TransientFault when the shards were contended or closing at every attempt.
 */
export async function undoDebit(
  debit: Debited,
  { shards, pace }: { readonly shards: Pick<ShardStore, 'undoDebit'>; readonly pace: Pace },
): Promise<boolean> {
  let units: Return & Debited = debit;
  for (let redirects = 0; redirects < maxRedirects; redirects++) {
    const sent = units;
    const result = await untilUncontended(pace, () => shards.undoDebit(sent));
    if (result.outcome !== 'closed') return result.outcome === 'undone';
    units = redirected(units, result.shards);
  }
  throw new TransientFault(`shards of SKU ${debit.sku} were closing at every one of ${maxRedirects} attempts`);
}
