import { commitShipment, dynamodbReservationChanges } from '../inventory/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const reservations = dynamodbReservationChanges(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

/** Turns the reserved units of one shipment into shipped ones. */
export const handler = sagaStep(dispatchSagaState, async ({ orderId, shipmentId, location, lines }) => {
  await commitShipment({ orderId, shipmentId, location, lines }, reservations);
  return {};
});
