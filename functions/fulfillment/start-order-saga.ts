import { orderPlaced } from '../../events/orders/order-placed.v1.ts';
import { readConfig } from '../shared/config.ts';
import { eventConsumer } from '../shared/event-consumer.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { orderSagaInput } from './domain/saga-input.ts';

const config = readConfig('ORDER_SAGA_ARN');
const start = sagaStarter(config.ORDER_SAGA_ARN);

/** Starts order-saga for a placed order. The execution is named by the order id. */
export const handler = eventConsumer(orderPlaced, (event) => start(event.orderId, orderSagaInput(event)));
