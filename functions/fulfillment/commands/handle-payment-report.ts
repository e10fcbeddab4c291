import { orderIdPattern } from '../../../api/patterns.ts';
import { endPaymentAction, type OrderCommands, type Origin } from '../../orders/index.ts';
import type { PaymentGateway, ReportedAuthorizationStore, StripeEvent } from '../../payments/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { isOrphaned } from '../domain/orphaned-authorization.ts';

/** The type of Stripe's event for a payment that has been authorized. */
const authorizedEvent = 'payment_intent.amount_capturable_updated';
/** Types of Stripe's events after which a payment that waits for its customer waits no more. */
const answers: ReadonlySet<string | undefined> = new Set([
  authorizedEvent,
  'payment_intent.payment_failed',
  'payment_intent.canceled',
]);

type Outcome = 'ignored' | 'recorded' | 'continued' | 'voided';

/**
 * Handles the gateway's report about a payment. An order that waits for its customer goes on with any answer: its saga asks the
 * gateway what the answer is. An authorization must not outlive its order: `void` searches for one whose answer was lost, but
 * the gateway's search index lags behind.
 *
 * The authorization is recorded before the order is read. If the order is not being undone at that moment, a later undo
 * finds the record. If it is, the authorization is voided here. Safe to repeat.
 *
 * @returns what was done: `ignored` for any other event and for orders of other systems, `recorded`, `continued`, or `voided`
 *   after the record. An authorization that the gateway does not have, or of another amount than the order's, is recorded
 *   only; a renewal is about a part of it.
 * @throws TransientFault when the order cannot be read or the void has an unknown outcome; the gateway reports again later.
 */
export function paymentReportHandler(deps: {
  readonly orders: Pick<OrderCommands, 'decide'>;
  readonly reportedAuthorizations: Pick<ReportedAuthorizationStore, 'record'>;
  readonly gateway: Pick<PaymentGateway, 'voidPayment'>;
}) {
  return async (event: StripeEvent, origin: Origin): Promise<Outcome> => {
    const { type, isRenewal } = event;
    const { id: paymentId, metadata } = event.data.object;
    const orderId = metadata.order_id ?? '';
    if (!answers.has(type) || !paymentId || !orderIdPattern.test(orderId)) return 'ignored';
    const isAuthorized = type === authorizedEvent;
    if (isAuthorized) await deps.reportedAuthorizations.record(orderId, paymentId);
    let continued = false;
    const order = await deps.orders.decide(orderId, origin, (current) => {
      const events = endPaymentAction(current, paymentId);
      continued = 'length' in events && events.length > 0;
      return events;
    });
    if (isRefusal(order)) return isAuthorized ? 'recorded' : 'ignored';
    if (continued) return 'continued';
    if (!isAuthorized) return 'ignored';
    if (!isOrphaned(order, paymentId, isRenewal)) return 'recorded';
    const authorized = { amountMinor: order.totals.totalMinor, currency: order.currency };
    const { amountMinor, currency } = event.reported ?? authorized;
    const isAmount = isRenewal ? amountMinor <= authorized.amountMinor : amountMinor === authorized.amountMinor;
    if (!isAmount || currency !== authorized.currency) return 'recorded';
    const { voided } = await deps.gateway.voidPayment({ orderId, amountMinor, currency, paymentId });
    return voided === null ? 'recorded' : 'voided';
  };
}
