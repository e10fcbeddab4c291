import { dynamodbReserveOrBackorder, reserveOrBackorder } from '../inventory/index.ts';
import { discountStore, discountUses } from '../pricing/index.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { discountReserver } from './commands/discount-uses-of-order.ts';
import { reservingStep } from './commands/reserve-order-stock.ts';
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
export const handler = sagaStep(
  orderSagaState,
  reservingStep({
    reserveDiscounts,
    reserve: (request, now) => reserveOrBackorder(request, now, stock),
    clock: systemClock,
    holdSeconds: config.HOLD_SECONDS,
  }),
);
