import { gathering } from '../domain/gathering.ts';
import type { Transfer } from '../domain/shard.ts';
import type { ShardId } from '../domain/shard-plan.ts';
import type { ShardStore } from './shard-store.ts';

/** Targets that get units at the same time. Transfers to one target follow each other, because they would contend. */
const concurrency = 16;

/**
 * Moves units of an order that are in more shards than one write can change into fewer shards. They stay for sale: other
 * orders may take them meanwhile, so the caller reads the stock again. A transfer that fails is left out.
 *
 * @param most shards that the order may have, if that is less than one write can change or it has several writes.
 * @param inSeveral whether it has several writes.
 * @returns false when the units are of too many SKUs and locations for one order.
 */
export async function gatherUnits(
  units: readonly (ShardId & { readonly quantity: number })[],
  { shards }: { readonly shards: Pick<ShardStore, 'transfer'> },
  most?: number,
  inSeveral = false,
): Promise<boolean> {
  const transfers = gathering(units, most, inSeveral);
  if (transfers === undefined) return false;
  const queue = [...transfers];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await inTurn(next, shards);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
  return true;
}

async function inTurn(transfers: readonly Transfer[], shards: Pick<ShardStore, 'transfer'>): Promise<void> {
  for (const transfer of transfers) await shards.transfer(transfer);
}
