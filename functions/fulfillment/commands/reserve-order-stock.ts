import { shippedLines } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { addSeconds, type Clock, type Instant } from '../../shared/kernel/time.ts';
import { compactParts } from '../domain/compact-state.ts';
import { markHeldBefore } from '../domain/held-before.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';
import type { discountReserver } from './discount-uses-of-order.ts';

type Reserve = typeof import('../../inventory/index.ts').reserveOrBackorder;

/**
 * The step that reserves the uses of the order's discounts, and the units of the lines that are shipped. Of an order of digital
 * lines alone, the inventory is not called. Its hold has no units, and ends as long after the placement as units would be held,
 * so that every run has the same deadline for the customer's confirmation of the payment.
 */
export function reservingStep(deps: {
  readonly reserveDiscounts: ReturnType<typeof discountReserver>;
  readonly reserve: (...request: [Parameters<Reserve>[0], Parameters<Reserve>[1]]) => ReturnType<Reserve>;
  readonly clock: Clock;
  readonly holdSeconds: number;
}) {
  const { reserveDiscounts, reserve, clock, holdSeconds } = deps;
  return async ({ orderId, order, version, correlationId, traceparent }: OrderSagaState) => {
    const discounts = await reserveDiscounts(orderId, order);
    if (isRefusal(discounts)) return discounts as Refusal;
    const placedAt = order.placedAt as Instant;
    const lines = shippedLines(order.lines);
    if (lines.length === 0) return { allocations: [], expiresAt: addSeconds(placedAt, holdSeconds) };
    const now = clock();
    const { shipTo: destination, allowSplitShipments } = order;
    const expiresAt = addSeconds(now, holdSeconds);
    const place = { placedAt, correlationId, traceparent, orderVersion: version };
    const request = { orderId, lines, destination, allowSplitShipments, expiresAt, ...place };
    const answer = markHeldBefore(await reserve(request, now), expiresAt);
    return isRefusal(answer) ? answer : { ...answer, allocations: compactParts(answer.allocations, order.lines) };
  };
}
