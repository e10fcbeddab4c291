import { heldAllocations } from '../inventory/adapters/held-allocations.ts';
import { dynamoOrderLog } from '../orders/adapters/dynamodb-order-log.ts';
import { orderCommands } from '../orders/adapters/order-commands.ts';
import { undoFence } from '../orders/adapters/undo-fence.ts';
import { dynamo } from '../shared/aws-clients.ts';
import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { undoState } from '../shared/saga-state.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { cancellingStep } from './adapters/cancelling-step.ts';
import { carrierGateway } from './adapters/carrier-gateway.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE', 'CARRIER_ENDPOINT', 'CARRIER_SECRET_ID');

/** Gives the order's labels back to the carrier. */
export const handler = sagaStep(
  undoState,
  cancellingStep({
    passFence: undoFence(config.ORDERS_TABLE, systemClock),
    orders: orderCommands(dynamoOrderLog(dynamo(), config.ORDERS_TABLE), systemClock),
    allocations: heldAllocations(config.INVENTORY_TABLE),
    gateway: carrierGateway(config),
  }),
);
