import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { isRefusal, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import { reserveStock } from '../../reservations/commands/hold-stock.ts';
import { knownPlans, type Surroundings, surveyStock } from '../../reservations/commands/survey-stock.ts';
import { answerReserve } from '../../reservations/domain/reservation.ts';
import type { ReserveAnswer } from '../../reservations/domain/reserve-answers.ts';
import type { StockRequest } from '../../reservations/domain/stock-store.ts';
import type { Backorder } from '../../sharding/domain/shard-plan.ts';
import { choosePieces, unitsWanted } from '../../sourcing/domain/allocate.ts';
import type { WaitingLine, WaitingLines, WaitingOrder } from './backorder-queue.ts';

/** Times an order tries to get in line while its line changes: with the pauses between them about two seconds. */
const maxAttempts = 10;

export interface WaitRequest extends StockRequest {
  readonly placedAt: Instant;
  readonly correlationId: string;
  readonly traceparent: string;
}

export type WaitAnswer = ReserveAnswer | Refusal<'BACKORDERED'>;

/**
 * Reserves, or puts the order in line where staff lets orders wait for what is missing. It waits for one SKU at a time,
 * the first of its lines that is short. An order of other SKUs costs nothing more than without this.
 */
export async function reserveOrWait(
  request: WaitRequest,
  now: Instant,
  around: Surroundings & { readonly lines: WaitingLines },
): Promise<WaitAnswer> {
  const refused = await reserveStock(request, now, around);
  if (!isRefusal(refused) || refused.refused.code !== 'OUT_OF_STOCK') return refused;
  const wanted = unitsWanted(request.lines);
  const skus = [...wanted.keys()];
  const plans = await knownPlans(skus, around);
  if (plans.every(({ backorder }) => backorder === undefined)) return refused;

  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    // The lines before the shards: whoever joins the line as it was has seen every receipt that did not change it.
    const { lines = new Map<string, WaitingLine>() } = await around.table.read({ lines: skus }, 'latest');
    const survey = await surveyStock(request.orderId, skus, around);
    if (survey.reservation !== undefined) return answerReserve(survey.reservation, now);
    const choice = choosePieces(request.lines, survey.view, around.home.index, request);
    if ('short' in choice) {
      const modes = new Map(survey.plans.map(({ sku, backorder }) => [sku, backorder]));
      const [first] = choice.short;
      const backorder = first && modes.get(first.sku);
      if (first === undefined || backorder === undefined || !choice.short.every(({ sku }) => modes.get(sku))) {
        return refused;
      }
      const { sku } = first;
      const order = waitingOrder(request, sku, wanted.get(sku) ?? 0, backorder);
      const answer = await join(order, lines.get(sku) ?? { sku, units: 0, revision: 0 }, backorder, around);
      if (answer !== undefined) return answer;
    } else {
      // Units came in meanwhile; what was remembered of the denial must not hide them.
      for (const sku of skus) around.memory.forgetPlan(sku);
      const answer = await reserveStock(request, now, around);
      if (!isRefusal(answer) || answer.refused.code !== 'OUT_OF_STOCK') return answer;
    }
    await backOff(attempt, around.pace);
  }
  throw new TransientFault(`order ${request.orderId}: its line changed ${maxAttempts} times meanwhile`);
}

function waitingOrder(request: WaitRequest, sku: string, units: number, { mode }: Backorder): WaitingOrder {
  const { orderId, lines, destination, allowSplitShipments, placedAt, correlationId, traceparent } = request;
  const since = `${placedAt}#${orderId}`;
  const terms = { destination, allowSplitShipments };
  return {
    orderId,
    state: 'waiting',
    sku,
    units,
    mode,
    since,
    lines,
    ...terms,
    correlationId,
    traceparent,
    revision: 0,
  };
}

/** @returns undefined when it has to be looked at again. */
async function join(
  order: WaitingOrder,
  line: WaitingLine,
  { limit = Number.POSITIVE_INFINITY }: Backorder,
  { lines, pace }: { readonly lines: WaitingLines; readonly pace: Surroundings['pace'] },
): Promise<Refusal<'BACKORDERED'> | Refusal<'OUT_OF_STOCK'> | undefined> {
  const known = await lines.find(order.orderId);
  if (known?.state === 'waiting') return backordered(known);
  // Filled a moment ago: the reservation is there at the next look.
  if (known !== undefined) return undefined;
  if (line.units + order.units > limit) {
    const { sku, units } = order;
    return refuse('OUT_OF_STOCK', `${sku}: ${units} wanted, and ${line.units} of at most ${limit} are waited for`);
  }
  const result = await untilUncontended(pace, () => lines.join(order, line));
  if (result.outcome === 'joined') return backordered(order);
  return result.outcome === 'waits' && result.order.state === 'waiting' ? backordered(result.order) : undefined;
}

function backordered({ sku, units }: WaitingOrder): Refusal<'BACKORDERED'> {
  return refuse('BACKORDERED', `${units} of ${sku} are waited for.`);
}
