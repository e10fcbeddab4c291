import { contactStore } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { bookingGateway, dynamoPurchaseStore } from '../shipping/index.ts';
import { bookingStep } from './commands/book-shipments.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig(
  'CONTACTS_TABLE',
  'GATEWAY_RECORDS_TABLE',
  'CARRIER_ENDPOINT',
  'CARRIER_SECRET_ID',
  'CARRIER_ACCOUNT',
  'CARRIER_SERVICE',
  'SHIP_FROM',
);

/** Books one shipment for each location from which the order's stock is taken. */
export const handler = sagaStep(
  orderSagaState,
  bookingStep({
    contacts: contactStore(config.CONTACTS_TABLE),
    purchases: dynamoPurchaseStore(config.GATEWAY_RECORDS_TABLE, systemClock),
    gateway: bookingGateway(config),
  }),
  'gateway',
);
