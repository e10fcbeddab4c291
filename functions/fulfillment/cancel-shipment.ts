import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { carrierGateway, dynamoPurchaseStore } from '../shipping/index.ts';
import { cancellingStep } from './commands/cancel-shipments.ts';
import { undoFence } from './commands/undo-fence.ts';
import { undoState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'GATEWAY_RECORDS_TABLE', 'CARRIER_ENDPOINT', 'CARRIER_SECRET_ID');

/** Cancels the order's shipments: returns their labels to the carrier for a refund. */
export const handler = sagaStep(
  undoState,
  cancellingStep({
    passFence: undoFence(ordersIn(config.ORDERS_TABLE)),
    purchases: dynamoPurchaseStore(config.GATEWAY_RECORDS_TABLE, systemClock),
    gateway: carrierGateway(config),
  }),
  'gateway',
);
