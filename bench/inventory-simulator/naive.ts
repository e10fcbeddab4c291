import { knownPlans, type Surroundings } from '../../functions/inventory/reservations/commands/survey-stock.ts';
import {
  allocationsOf,
  answerReserve,
  type OpenReservation,
} from '../../functions/inventory/reservations/domain/reservation.ts';
import type { StockStore } from '../../functions/inventory/reservations/domain/stock-store.ts';
import { type ShardId, shardsOf } from '../../functions/inventory/sharding/domain/shard-plan.ts';
import { refuse } from '../../functions/shared/kernel/refusal.ts';
import { untilUncontended } from '../../functions/shared/kernel/until-uncontended.ts';

/**
 * What one writes first: shards one after the other in random order, a transaction on each, until one has enough. It
 * remembers nothing and looks at nothing. Here only to be compared with; orders of one line.
 */
export function reserveNaively(around: Surroundings): StockStore['reserve'] {
  return async ({ orderId, lines, expiresAt }, now) => {
    const [line] = lines;
    if (line === undefined || lines.length > 1) throw new Error('the naive way is for orders of one line');
    const plans = await knownPlans([line.sku], around);
    for (const { location, sku, shard } of shuffled(plans.flatMap(shardsOf), around)) {
      if (typeof shard !== 'number') continue;
      const parts = [{ ...line, location, sku, shard }];
      const reservation: OpenReservation = { orderId, state: 'HELD', expiresAt, parts, revision: 0 };
      const result = await untilUncontended(around.pace, () => around.table.hold(reservation));
      if (result.outcome === 'held') return { allocations: allocationsOf(parts), expiresAt };
      if (result.outcome === 'exists') return answerReserve(result.reservation, now);
    }
    return refuse('OUT_OF_STOCK', `${line.sku}: ${line.quantity} wanted`);
  };
}

function shuffled(shards: ShardId[], { pace }: Surroundings): ShardId[] {
  for (let last = shards.length - 1; last > 0; last--) {
    const other = Math.floor(pace.random() * (last + 1));
    [shards[last], shards[other]] = [shards[other] as ShardId, shards[last] as ShardId];
  }
  return shards;
}
