import { TransientFault } from '../../../shared/kernel/faults.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import { aroundClosed } from '../domain/closed-shards.ts';
import type { ShardId } from '../domain/shard-plan.ts';
import type { Return } from './stock-table.ts';

/** Times a closed shard leads to another closed one: counts are halved, and 512 halves nine times. */
export const maxDetours = 12;

/** Units that were debited, and the entry that says so. */
export interface Debited extends ShardId {
  readonly quantity: number;
  readonly nonce: string;
}

/**
 * Puts the units of a debit back for sale, where their shard is closed in the one that takes its place.
 *
 * @returns false when somebody else had done it.
 * @throws TransientFault when others were in the way each time.
 */
export async function undoDebit(debit: Debited, { table, memory, pace }: Surroundings): Promise<boolean> {
  let units: Return & Debited = debit;
  for (let detour = 0; detour < maxDetours; detour++) {
    const sent = units;
    const result = await untilUncontended(pace, () => table.undoDebit(sent));
    if (result.outcome !== 'closed') {
      memory.forget([units]);
      return result.outcome === 'undone';
    }
    units = aroundClosed(units, result.shards);
  }
  throw new TransientFault(`shards of SKU ${debit.sku} were closing at every one of ${maxDetours} attempts`);
}
