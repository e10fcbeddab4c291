import { contactStore } from '../orders/adapters/dynamodb-contact-store.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { orderSagaState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { bookingStep } from './adapters/booking-step.ts';
import { bookingGateway } from './adapters/carrier-gateway.ts';
import { dynamoPurchaseStore } from './adapters/dynamodb-purchase-store.ts';

const config = readConfig(
  'CONTACTS_TABLE',
  'IDEMPOTENCY_TABLE',
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
    purchases: dynamoPurchaseStore(config.IDEMPOTENCY_TABLE, systemClock),
    gateway: bookingGateway(config),
  }),
);
