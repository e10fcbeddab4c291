import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { undoneOrderEnder } from './commands/end-undone-order.ts';
import { committed } from './domain/saga-origin.ts';
import { undoState } from './domain/saga-state.ts';

const end = undoneOrderEnder('order', ordersIn(readConfig('ORDERS_TABLE').ORDERS_TABLE));

/**
 * Ends an order whose saga failed, after the undo steps: as rejected, or as cancelled if a cancellation was requested.
 */
export const handler = sagaStep(undoState, async (state) => committed(await end(state)));
