import type { Actor } from '../../shared/actor.ts';
import { awaitsPayment, type Order } from '../domain/order.ts';
import type { PaymentSecrets } from '../domain/order-resource.ts';

/** Port to that with which customers confirm payments. It is in no order's log, because logs are kept and published. */
export interface PaymentActions {
  /** The secrets of an order's payment of this id; undefined when they have expired. */
  find(orderId: string, paymentId: string): Promise<PaymentSecrets | undefined>;
}

/** With what the caller confirms the payment of the order; nothing for others than its customer, and while nothing waits. */
export async function paymentSecretsFor(
  actions: PaymentActions,
  actor: Actor,
  order: Order,
): Promise<PaymentSecrets | undefined> {
  const { action } = order.payment;
  if (!awaitsPayment(order) || action === undefined || order.customerId !== actor.id) return undefined;
  return actions.find(order.orderId, action.paymentId);
}
