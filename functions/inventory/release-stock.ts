import { undoFence } from '../orders/adapters/undo-fence.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { undoState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { stockStore } from './adapters/dynamodb-stock-store.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const stock = stockStore(config.INVENTORY_TABLE);
const orderToUndo = undoFence(config.ORDERS_TABLE, systemClock);

export const handler = sagaStep(undoState, async (state) => {
  const order = await orderToUndo(state);
  return order === undefined ? { released: [] } : stock.release(state.orderId, systemClock());
});
