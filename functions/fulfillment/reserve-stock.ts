import { dynamodbReserveOrBackorder, reserveOrBackorder } from '../inventory/index.ts';
import { discountStore, discountUses } from '../pricing/index.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { addSeconds, type Instant, systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { discountReserver } from './commands/discount-uses-of-order.ts';
import { compactParts } from './domain/compact-state.ts';
import { markHeldBefore } from './domain/held-before.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('INVENTORY_TABLE', 'DISCOUNTS_TABLE', 'HOLD_SECONDS');
const stock = dynamodbReserveOrBackorder(config.INVENTORY_TABLE);
const reserveDiscounts = discountReserver({
  discounts: discountStore(config.DISCOUNTS_TABLE),
  uses: discountUses(config.DISCOUNTS_TABLE),
});

/**
 * Reserves the uses of the order's discounts, and its units until the hold expires, or puts the order into the backorder queue of
 * a SKU that allows it.
 */
export const handler = sagaStep(orderSagaState, async ({ orderId, order, version, correlationId, traceparent }) => {
  const discounts = await reserveDiscounts(orderId, order);
  if (isRefusal(discounts)) return discounts;
  const now = systemClock();
  const { lines, shipTo: destination, allowSplitShipments } = order;
  const expiresAt = addSeconds(now, config.HOLD_SECONDS);
  const place = { placedAt: order.placedAt as Instant, correlationId, traceparent, orderVersion: version };
  const request = { orderId, lines, destination, allowSplitShipments, expiresAt, ...place };
  const answer = markHeldBefore(await reserveOrBackorder(request, now, stock), expiresAt);
  return isRefusal(answer) ? answer : { ...answer, allocations: compactParts(answer.allocations, lines) };
});
