import {
  allocationsOf,
  answerReserve,
  type OpenReservation,
  type ReserveAnswer,
  type ReserveDependencies,
  type StockRequest,
} from '../../functions/inventory/reservations/index.ts';
import { knownPlans, type ShardId, shardsOf } from '../../functions/inventory/sharding/index.ts';
import type { Pace } from '../../functions/shared/kernel/backoff.ts';
import { untilUncontended } from '../../functions/shared/kernel/contention.ts';
import { refuse } from '../../functions/shared/kernel/refusal.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';

/**
 * The simplest algorithm, for comparison: one transaction on each shard, in random order, until a shard has enough. It
 * caches nothing and reads no shards. For orders of one line.
 */
export async function holdNaively(
  { orderId, lines, expiresAt }: StockRequest,
  now: Instant,
  dependencies: ReserveDependencies,
): Promise<ReserveAnswer> {
  const [line] = lines;
  if (line === undefined || lines.length > 1) throw new Error('the naive algorithm takes orders of one line only');
  const { plans } = await knownPlans([line.sku], dependencies);
  for (const { location, sku, shard } of shuffled(plans.flatMap(shardsOf), dependencies)) {
    if (typeof shard !== 'number') continue;
    const parts = [{ ...line, location, sku, shard }];
    const reservation: OpenReservation = { orderId, state: 'HELD', expiresAt, parts, revision: 0 };
    const result = await untilUncontended(dependencies.pace, () => dependencies.reservations.hold(reservation));
    if (result.outcome === 'held') return { allocations: allocationsOf(parts), expiresAt };
    if (result.outcome === 'exists') return answerReserve(result.reservation, now);
  }
  return refuse('OUT_OF_STOCK', `${line.sku}: ${line.quantity} wanted`);
}

function shuffled(shards: ShardId[], { pace }: { readonly pace: Pace }): ShardId[] {
  for (let last = shards.length - 1; last > 0; last--) {
    const other = Math.floor(pace.random() * (last + 1));
    [shards[last], shards[other]] = [shards[other] as ShardId, shards[last] as ShardId];
  }
  return shards;
}
