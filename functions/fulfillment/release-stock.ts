import { dynamodbDebits, dynamodbQueue, dynamodbReservationChanges } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { discountUses } from '../pricing/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { discountReleaser } from './commands/discount-uses-of-order.ts';
import { releasingStep } from './commands/release-order-stock.ts';
import { undoFence } from './commands/undo-fence.ts';
import { undoState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE', 'DISCOUNTS_TABLE');

/** Returns the order's units to stock, removes the order from the backorder queues and releases the uses of its discounts. */
export const handler = sagaStep(
  undoState,
  releasingStep({
    passFence: undoFence(ordersIn(config.ORDERS_TABLE)),
    reservations: dynamodbReservationChanges(config.INVENTORY_TABLE),
    debits: dynamodbDebits(config.INVENTORY_TABLE),
    backorders: dynamodbQueue(config.INVENTORY_TABLE),
    releaseDiscounts: discountReleaser(discountUses(config.DISCOUNTS_TABLE)),
  }),
);
