import { undoFence } from '../orders/adapters/undo-fence.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { undoState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { cancellingStep } from './adapters/cancelling-step.ts';
import { carrierGateway } from './adapters/carrier-gateway.ts';
import { dynamoPurchaseStore } from './adapters/dynamodb-purchase-store.ts';

const config = readConfig('ORDERS_TABLE', 'IDEMPOTENCY_TABLE', 'CARRIER_ENDPOINT', 'CARRIER_SECRET_ID');

/** Cancels the order's shipments: returns their labels to the carrier for a refund. */
export const handler = sagaStep(
  undoState,
  cancellingStep({
    passFence: undoFence(config.ORDERS_TABLE, systemClock),
    purchases: dynamoPurchaseStore(config.IDEMPOTENCY_TABLE, systemClock),
    gateway: carrierGateway(config),
  }),
);
