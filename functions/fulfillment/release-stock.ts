import { dynamodbQueue, dynamodbReservationChanges, leaveQueue, releaseReservation } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { undoFence } from './commands/undo-fence.ts';
import { compactParts } from './domain/compact-state.ts';
import { undoState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const reservations = dynamodbReservationChanges(config.INVENTORY_TABLE);
const backorders = dynamodbQueue(config.INVENTORY_TABLE);
const orderToUndo = undoFence(ordersIn(config.ORDERS_TABLE));

/** Returns the order's units to stock and removes the order from the backorder queues. */
export const handler = sagaStep(undoState, async (state) => {
  const order = await orderToUndo(state);
  if (order === undefined) return { released: [] };
  // An order that is being undone has no dispatched shipment. Units that a late dispatch committed are released too.
  const released = await releaseReservation(state.orderId, 'everything', reservations);
  // Only after the release, which leaves a closed reservation, so that the order can neither join a queue again nor be
  // filled.
  await leaveQueue(state.orderId, backorders);
  return { released: compactParts(released.released, state.order?.lines) };
});
