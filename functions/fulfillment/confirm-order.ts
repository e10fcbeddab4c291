import { confirmReservation, dynamodbConfirmation } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { confirmOrder } from './domain/decide-outcome.ts';
import { orderAsPlaced } from './domain/saga-input.ts';
import { sagaOrigin } from './domain/saga-origin.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const orders = ordersIn(config.ORDERS_TABLE);
const stock = dynamodbConfirmation(config.INVENTORY_TABLE);

/** Makes the stock hold permanent, which is refused after its expiry, and then commits OrderConfirmed. */
export const handler = sagaStep(orderSagaState, async (state) => {
  const hold = await confirmReservation(state.orderId, systemClock(), stock);
  if (isRefusal(hold)) return hold;
  const order = await orders.decide(
    state.orderId,
    sagaOrigin('order', state),
    (current) => confirmOrder(current, state),
    orderAsPlaced(state),
  );
  return isRefusal(order) ? order : { version: order.version };
});
