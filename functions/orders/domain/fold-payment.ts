import type { OrderEvent } from '../../../events/catalog.ts';
import type { OrderFacts, OrderPayment, PaymentFacts } from './order.ts';

type Books = Pick<OrderFacts, 'payment' | 'payments'>;

/** The payments of an order after an event, and their totals; no fields for an event that is not about money. */
export function paymentFacts({ payment, payments }: Books, event: OrderEvent): Partial<OrderFacts> {
  switch (event.type) {
    case 'PaymentActionRequired': {
      const { paymentId, actionBefore } = event.data;
      return { payment: { ...payment, action: { paymentId, actionBefore, isOpen: true } } };
    }
    case 'PaymentActionEnded':
      return { payment: { ...payment, ...(payment.action && { action: { ...payment.action, isOpen: false } }) } };
    case 'PaymentAuthorized': {
      const { action: _done, ...rest } = payment;
      return booked({ ...rest, paymentId: event.data.paymentId }, authorized(payments, event.data));
    }
    case 'PaymentDeclined':
      return { payment: { ...payment, declined: true } };
    case 'PaymentCaptured': {
      const { paymentId, amountMinor, shipmentId, covers = [] } = event.data;
      const capturedShipments = [...payment.capturedShipments, shipmentId, ...covers];
      const capture = (one: OrderPayment) => ({ ...one, capturedMinor: one.capturedMinor + amountMinor });
      return booked({ ...payment, capturedShipments }, changed(payments, paymentId, capture));
    }
    case 'AuthorizationReleased': {
      const { paymentId, amountMinor } = event.data;
      const release = (one: OrderPayment) => ({ ...one, releasedMinor: one.releasedMinor + amountMinor });
      return booked(payment, changed(payments, paymentId, release));
    }
    case 'AuthorizationRenewalRefused':
      return { payment: { ...payment, renewalsRefused: (payment.renewalsRefused ?? 0) + 1 } };
    case 'PaymentVoided':
      return booked(payment, changed(payments, voidedOf(payments, event.data.paymentId), undone));
    default:
      return {};
  }
}

const nothing = { authorizedMinor: 0, capturedMinor: 0, releasedMinor: 0, refundedMinor: 0, voided: false } as const;

function unknown(paymentId: string): OrderPayment {
  return { paymentId, purpose: 'order', ...nothing };
}

type Authorized = Extract<OrderEvent, { type: 'PaymentAuthorized' }>['data'];

function authorized(payments: readonly OrderPayment[], data: Authorized): readonly OrderPayment[] {
  const { paymentId, amountMinor, purpose = 'order', captureBefore, multicapture } = data;
  return changed(payments, paymentId, (one) => ({
    ...one,
    purpose,
    authorizedMinor: amountMinor,
    ...(captureBefore === undefined ? {} : { captureBefore }),
    ...(multicapture === undefined ? {} : { multicapture }),
  }));
}

/** Changes one payment. One that the log has not named before is added: a capture may be on record before its authorization. */
function changed(
  payments: readonly OrderPayment[],
  paymentId: string,
  change: (payment: OrderPayment) => OrderPayment,
): readonly OrderPayment[] {
  const isKnown = payments.some((one) => one.paymentId === paymentId);
  const all = isKnown ? payments : [...payments, unknown(paymentId)];
  return all.map((one) => (one.paymentId === paymentId ? change(one) : one));
}

/** What was captured is refunded, and the rest is released. */
function undone(one: OrderPayment): OrderPayment {
  const releasedMinor = Math.max(one.releasedMinor, one.authorizedMinor - one.capturedMinor);
  return one.capturedMinor > 0
    ? { ...one, releasedMinor, refundedMinor: one.capturedMinor }
    : { ...one, releasedMinor, voided: true };
}

/** A void of a payment that the log does not name stands for the one that it names and that is not undone yet. */
function voidedOf(payments: readonly OrderPayment[], paymentId: string): string {
  if (payments.some((one) => one.paymentId === paymentId)) return paymentId;
  const open = payments.find(({ voided, refundedMinor }) => !voided && refundedMinor === 0);
  return open?.paymentId ?? paymentId;
}

function booked(payment: PaymentFacts, payments: readonly OrderPayment[]): Books {
  const sum = (of: (one: OrderPayment) => number) => payments.reduce((total, one) => total + of(one), 0);
  return {
    payments,
    payment: {
      ...payment,
      authorizedMinor: sum(({ authorizedMinor }) => authorizedMinor),
      capturedMinor: sum(({ capturedMinor }) => capturedMinor),
      refundedMinor: sum(({ refundedMinor }) => refundedMinor),
      voided: payments.some(({ voided }) => voided),
    },
  };
}
