import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { undoneOrderEnder } from './commands/end-undone-order.ts';
import { committed } from './domain/saga-origin.ts';
import { undoState } from './domain/saga-state.ts';

const end = undoneOrderEnder('cancellation', ordersIn(readConfig('ORDERS_TABLE').ORDERS_TABLE));

/** The last step of cancellation-saga: ends the order as cancelled and records what was undone. */
export const handler = sagaStep(undoState, async (state) => committed(await end(state)));
