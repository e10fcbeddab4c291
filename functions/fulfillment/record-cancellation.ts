import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { undoneOrderEnder } from './commands/end-undone-order.ts';
import { committed } from './domain/saga-origin.ts';
import { undoState } from './domain/saga-state.ts';

const end = undoneOrderEnder('cancellation', ordersIn(readConfig('ORDERS_TABLE').ORDERS_TABLE));

/**
 * The last step of cancellation-saga: records what was undone and ends the order, as cancelled where that was requested and
 * else as rejected.
 */
export const handler = sagaStep(undoState, async (state) => committed(await end(state)));
