import { dynamodbDebits, dynamodbQueue, dynamodbReservationChanges } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { releasingStep } from './commands/release-order-stock.ts';
import { undoFence } from './commands/undo-fence.ts';
import { undoState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');

/** Returns the order's units to stock and removes the order from the backorder queues. */
export const handler = sagaStep(
  undoState,
  releasingStep({
    passFence: undoFence(ordersIn(config.ORDERS_TABLE)),
    reservations: dynamodbReservationChanges(config.INVENTORY_TABLE),
    debits: dynamodbDebits(config.INVENTORY_TABLE),
    backorders: dynamodbQueue(config.INVENTORY_TABLE),
  }),
);
