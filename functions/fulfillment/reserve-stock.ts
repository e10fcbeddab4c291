import { dynamodbReserveOrBackorder, reserveOrBackorder } from '../inventory/index.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { addSeconds, type Instant, systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { compactParts } from './domain/compact-state.ts';
import { markHeldBefore } from './domain/held-before.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('INVENTORY_TABLE', 'HOLD_SECONDS');
const stock = dynamodbReserveOrBackorder(config.INVENTORY_TABLE);

/**
 * Reserves the order's units until the hold expires, or puts the order into the backorder queue of a SKU that allows
 * it.
 */
export const handler = sagaStep(orderSagaState, async ({ orderId, order, version, correlationId, traceparent }) => {
  const now = systemClock();
  const { lines, shipTo: destination, allowSplitShipments } = order;
  const expiresAt = addSeconds(now, config.HOLD_SECONDS);
  const place = { placedAt: order.placedAt as Instant, correlationId, traceparent, orderVersion: version };
  const request = { orderId, lines, destination, allowSplitShipments, expiresAt, ...place };
  const answer = markHeldBefore(await reserveOrBackorder(request, now, stock), expiresAt);
  return isRefusal(answer) ? answer : { ...answer, allocations: compactParts(answer.allocations, lines) };
});
