/** The public interface of orders: other capabilities import only from here. */

export { contactStore } from './adapters/dynamodb-contact-store.ts';
export { dynamoDueOrders } from './adapters/dynamodb-due-orders.ts';
export { orderLists } from './adapters/dynamodb-order-lists.ts';
export { dynamoOrderLog } from './adapters/dynamodb-order-log.ts';
export { ordersIn } from './adapters/dynamodb-orders.ts';
export type { ContactStore } from './commands/contact-store.ts';
export { type DueOrders, dueOrders, type TakenOrder } from './commands/due-orders.ts';
export type { OrderCommands } from './commands/order-commands.ts';
export type { OrderLog } from './commands/order-log.ts';
export { type OrdersPage, ordersInStatus } from './commands/orders-in-status.ts';
export type { Commit, Origin } from './domain/commit.ts';
export { deliveryOf, recordDelivery, reportedDelivery } from './domain/decide-delivery.ts';
export { isHeldForDispatch, requestDispatch, resumedByDispatch } from './domain/decide-dispatch.ts';
export { endPaymentAction, requirePaymentAction } from './domain/decide-payment-action.ts';
export type { Decision } from './domain/decision.ts';
export { digitalLines, shippedLines } from './domain/digital-lines.ts';
export { foldOrder, orderWith, placedOrder } from './domain/fold-order.ts';
export {
  awaitsPayment,
  type Failure,
  isBeingUndone,
  type Order,
  type OrderFacts,
  type OrderPayment,
  openMinorOf,
  type Undoing,
} from './domain/order.ts';
export { nextDueAt, type Unfinished, unfinishedOf, wasDue } from './domain/unfinished.ts';
export { amountsOfUnits, hasFrozenAmounts, shippingBesideParcels } from './domain/unit-amounts.ts';
export { dayBefore, dayOf, dayPartition, dueAtOfDueKey, orderIdOfDueKey, viewBuckets } from './domain/view-keys.ts';
