import { stockStore } from '../inventory/adapters/dynamodb-stock-store.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const stock = stockStore(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

/** Turns the reserved units of one shipment into shipped ones. */
export const handler = sagaStep(dispatchSagaState, async ({ orderId, shipmentId, location, lines }) => {
  await stock.commit({ orderId, shipmentId, location, lines }, systemClock());
  return {};
});
