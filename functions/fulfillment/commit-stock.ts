import { commitShipment, dynamodbReservationChanges } from '../inventory/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { committingStep } from './commands/commit-dispatched-stock.ts';
import { dispatchSagaState } from './domain/saga-state.ts';

const reservations = dynamodbReservationChanges(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

/** Turns the reserved units of one shipment into shipped ones. */
export const handler = sagaStep(
  dispatchSagaState,
  committingStep((shipment) => commitShipment(shipment, reservations)),
);
