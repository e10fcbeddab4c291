import type { OrderCommands } from '../../orders/index.ts';
import type { PaymentGateway, SightingStore, StripeEvent } from '../../payments/index.ts';
import { isOrphaned } from '../domain/orphaned-authorization.ts';

/** The type of the event that Stripe sends when a payment has been authorized. */
const authorizedEvent = 'payment_intent.amount_capturable_updated';

/**
 * Voids authorizations whose answer was lost. `void` searches the gateway for such a payment, but the gateway's index lags
 * behind, and this covers what the search misses. The authorization is noted before the order is read. An order that is not
 * being undone at that time finds the note if it is undone later; for an order that is, the authorization is voided here.
 * So no authorization outlives its order. Both steps can be repeated.
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
