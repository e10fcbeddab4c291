import { readConfig } from '../shared/config.ts';
import { addSeconds, systemClock } from '../shared/kernel/time.ts';
import { orderSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { stockStore } from './adapters/dynamodb-stock-store.ts';

const config = readConfig('INVENTORY_TABLE', 'HOLD_SECONDS');
const stock = stockStore(config.INVENTORY_TABLE);

export const handler = sagaStep(orderSagaState, ({ orderId, order }) => {
  const now = systemClock();
  const { lines, shipTo: destination, allowSplitShipments } = order;
  const expiresAt = addSeconds(now, config.HOLD_SECONDS);
  return stock.reserve({ orderId, lines, destination, allowSplitShipments, expiresAt }, now);
});
