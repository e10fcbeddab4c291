import { dynamodbQueue } from '../inventory/index.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sagaStep } from '../shared/saga-step.ts';
import { backorderHolder } from './commands/hold-backordered-order.ts';
import { committed } from './domain/saga-origin.ts';
import { orderSagaState } from './domain/saga-state.ts';

const config = readConfig('ORDERS_TABLE', 'INVENTORY_TABLE');
const hold = backorderHolder({ orders: ordersIn(config.ORDERS_TABLE), ...dynamodbQueue(config.INVENTORY_TABLE) });

/** Puts an order that waits for stock on hold; its saga ends. */
export const handler = sagaStep(orderSagaState, async (state) => committed(await hold(state)));
