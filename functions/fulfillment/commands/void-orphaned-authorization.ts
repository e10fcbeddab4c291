import { orderIdPattern } from '../../../api/patterns.ts';
import type { OrderCommands } from '../../orders/index.ts';
import type { PaymentGateway, ReportedAuthorizationStore, StripeEvent } from '../../payments/index.ts';
import { isOrphaned } from '../domain/orphaned-authorization.ts';

/** The type of Stripe's event for a payment that has been authorized. */
const authorizedEvent = 'payment_intent.amount_capturable_updated';

/**
 * Handles the gateway's report of an authorization, so that an authorization whose answer was lost does not outlive its
 * order. `void` searches for such a payment, but the gateway's search index lags behind.
 *
 * The authorization is recorded before the order is read. If the order is not being undone at that moment, a later undo
 * finds the record. If it is, the authorization is voided here. Safe to repeat.
 *
 * @returns what was done: `ignored` for any other event and for orders of other systems, `recorded`, or `voided` after the
 *   record. An authorization that the gateway does not have, or of another amount than the order's, is recorded only; a renewal is about a part of it.
 * @throws TransientFault when the order cannot be read or the void has an unknown outcome; the gateway reports again later.
 */
export function reconcileAuthorization(deps: {
  readonly orders: Pick<OrderCommands, 'load'>;
  readonly reportedAuthorizations: Pick<ReportedAuthorizationStore, 'record'>;
  readonly gateway: Pick<PaymentGateway, 'voidPayment'>;
}) {
  return async (event: StripeEvent): Promise<'ignored' | 'recorded' | 'voided'> => {
    const { type, isRenewal } = event;
    const { id: paymentId, metadata } = event.data.object;
    const orderId = metadata.order_id ?? '';
    if (type !== authorizedEvent || !paymentId || !orderIdPattern.test(orderId)) return 'ignored';
    await deps.reportedAuthorizations.record(orderId, paymentId);
    const order = await deps.orders.load(orderId);
    if (order === undefined || !isOrphaned(order, paymentId, isRenewal)) return 'recorded';
    const authorized = { amountMinor: order.totals.totalMinor, currency: order.currency };
    const { amountMinor, currency } = event.reported ?? authorized;
    const isAmount = isRenewal ? amountMinor <= authorized.amountMinor : amountMinor === authorized.amountMinor;
    if (!isAmount || currency !== authorized.currency) return 'recorded';
    const { voided } = await deps.gateway.voidPayment({ orderId, amountMinor, currency, paymentId });
    return voided === null ? 'recorded' : 'voided';
  };
}
