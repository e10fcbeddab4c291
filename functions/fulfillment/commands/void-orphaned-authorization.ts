import type { OrderCommands } from '../../orders/index.ts';
import type { PaymentGateway, SightingStore, StripeEvent } from '../../payments/index.ts';
import { isOrphaned } from '../domain/orphaned-authorization.ts';

/** What Stripe sends when a payment has been authorized. */
const authorizedEvent = 'payment_intent.amount_capturable_updated';

/**
 * The net under an authorization whose answer was lost. `void` looks such a payment up, but the gateway's index lags;
 * what it misses is caught here. The authorization is noted first and the order is read after that: if the order was
 * not being undone then, its undo comes later and finds the note; if it was, the authorization is given back here.
 * Either way it does not outlive its order. All of it can be done twice.
 */
export function authorizationWatch(deps: {
  readonly orders: Pick<OrderCommands, 'load'>;
  readonly sightings: SightingStore;
  readonly gateway: PaymentGateway;
}) {
  return async ({ type, data }: StripeEvent): Promise<'ignored' | 'noted' | 'voided'> => {
    const { id: paymentId, metadata } = data.object;
    const orderId = metadata?.order_id;
    if (type !== authorizedEvent || paymentId === undefined || orderId === undefined) return 'ignored';
    await deps.sightings.note(orderId, paymentId);
    const order = await deps.orders.load(orderId);
    if (order === undefined || !isOrphaned(order, paymentId)) return 'noted';
    await deps.gateway.void({ orderId, paymentId });
    return 'voided';
  };
}
