import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { isOrAre } from '../../../shared/kernel/counted.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { isRefusal, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import {
  answerReserve,
  holdStock,
  outOfStock,
  type ReserveAnswer,
  type ReserveDependencies,
  readStock,
  type StockRequest,
} from '../../reservations/index.ts';
import { type Backorder, knownPlans } from '../../sharding/index.ts';
import { allocate, unitsWanted } from '../../sourcing/index.ts';
import type { BackorderedOrder, QueueTotals } from '../domain/backorder.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/** Attempts to join while the queue changes; the pauses between them add up to about two seconds. */
const maxAttempts = 10;

export interface BackorderRequest extends StockRequest {
  readonly placedAt: Instant;
  readonly correlationId: string;
  readonly traceparent: string;
  /** Version of the order from which its saga started. */
  readonly orderVersion: number;
}

export interface BackorderDependencies extends ReserveDependencies {
  readonly queue: BackorderQueue;
}

/**
 * Holds an order's stock, or queues the order if every insufficient SKU accepts backorders. The order waits for one SKU
 * at a time, at first for the first insufficient one. An order of SKUs without backorders costs no more than
 * {@link holdStock}.
 *
 * @param now the time at which an existing hold is checked for its expiry.
 * @returns the hold, or a refusal; `BACKORDERED` when the order waits.
 * @throws TransientFault when the queue changed during every attempt.
 */
export async function reserveOrBackorder(
  request: BackorderRequest,
  now: Instant,
  dependencies: BackorderDependencies,
): Promise<ReserveAnswer | Refusal<'BACKORDERED'>> {
  const answer = await holdStock(request, now, dependencies);
  return 'refused' in answer && answer.refused.code === 'OUT_OF_STOCK'
    ? backorderInstead(request, now, answer, dependencies)
    : answer;
}

async function backorderInstead(
  request: BackorderRequest,
  now: Instant,
  refused: ReserveAnswer,
  dependencies: BackorderDependencies,
): Promise<ReserveAnswer | Refusal<'BACKORDERED'>> {
  const wanted = unitsWanted(request.lines);
  const skus = [...wanted.keys()];
  const { plans } = await knownPlans(skus, dependencies);
  if (plans.every(({ backorder }) => backorder === undefined)) return refused;

  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    // The queues are read before the shards. A receipt in between changes the queue, and the order cannot join it then.
    const queues = await dependencies.queue.totals(skus);
    const found = await readStock(request.orderId, skus, dependencies);
    if (found.reservation !== undefined) return answerReserve(found.reservation, now);
    const choice = allocate(request.lines, found.view, dependencies.home.index, request);
    if ('insufficient' in choice) {
      const modes = new Map(found.plans.map(({ sku, backorder }) => [sku, backorder]));
      const [first] = choice.insufficient;
      const backorder = first && modes.get(first.sku);
      // The refusal may come from counts that were cached before units arrived, and then names the wrong SKU.
      if (first === undefined || backorder === undefined || !choice.insufficient.every(({ sku }) => modes.get(sku)))
        return outOfStock(choice.insufficient);
      const order = backorderedOrder(request, first.sku, first.wanted, backorder);
      const queue = queues.get(first.sku) ?? { sku: first.sku, units: 0, revision: 0 };
      const answer = await join(order, queue, backorder, dependencies);
      if (answer !== undefined) return answer;
    } else {
      // Units have arrived since the refusal, so cached counts are outdated.
      dependencies.counts.forgetSkus(skus);
      const answer = await holdStock(request, now, dependencies);
      if (!isRefusal(answer) || answer.refused.code !== 'OUT_OF_STOCK') return answer;
    }
    await backOff(attempt, dependencies.pace);
  }
  throw new TransientFault(`order ${request.orderId}: its queue changed during each of ${maxAttempts} attempts`);
}

function backorderedOrder(
  request: BackorderRequest,
  sku: string,
  units: number,
  { mode }: Backorder,
): BackorderedOrder {
  const { orderId, lines, destination, allowSplitShipments, placedAt } = request;
  const { correlationId, traceparent, orderVersion } = request;
  return {
    ...{ orderId, state: 'waiting', sku, units, mode, since: `${placedAt}#${orderId}` },
    ...{ lines, destination, allowSplitShipments, correlationId, traceparent, orderVersion },
    revision: 0,
  };
}

/** @returns undefined when the caller must read the stock again. */
async function join(
  order: BackorderedOrder,
  totals: QueueTotals,
  { limit = Number.POSITIVE_INFINITY }: Backorder,
  { queue, pace }: { readonly queue: Pick<BackorderQueue, 'find' | 'join'>; readonly pace: Pace },
): Promise<Refusal<'BACKORDERED'> | Refusal<'OUT_OF_STOCK'> | undefined> {
  const known = await queue.find(order.orderId);
  if (known?.state === 'waiting') return backordered(known);
  // The order was just filled; the next read finds its reservation.
  if (known !== undefined) return undefined;
  if (totals.units + order.units > limit) {
    const { sku, units } = order;
    return refuse('OUT_OF_STOCK', `${sku}: ${units} wanted, fewer available, and no more orders may wait`);
  }
  const result = await untilUncontended(pace, () => queue.join(order, totals));
  if (result.outcome === 'joined') return backordered(order);
  return result.outcome === 'waits' && result.order.state === 'waiting' ? backordered(result.order) : undefined;
}

function backordered({ sku, units }: BackorderedOrder): Refusal<'BACKORDERED'> {
  return refuse('BACKORDERED', `${units} of ${sku} ${isOrAre(units)} waited for.`);
}
