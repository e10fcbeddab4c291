import { describe, expect, it } from 'vitest';
import { fulfillmentStatusOf, type Order, paymentStatusOf } from '../../../../functions/orders/domain/order.ts';
import {
  achieved,
  afterwards,
  berlin,
  confirmed,
  declined,
  event,
  orderAfter,
  payment,
  twoWarehouses,
  vienna,
} from '../given.ts';

const captured = (shipmentId: string, amountMinor: number) =>
  event('PaymentCaptured', { ...payment, shipmentId, amountMinor });
const dispatched = (shipmentId: string) =>
  event('ShipmentDispatched', { shipmentId, carrier: 'DHL', trackingCode: 't' });
const delivered = (shipmentId: string) => event('ShipmentDelivered', { shipmentId, deliveredAt: 'now' });
const cancelled = (shipmentId: string) =>
  event('ShipmentCancelled', { shipmentId, carrierShipmentId: 'c', trackingCode: 't' });
const two = () => confirmed(twoWarehouses);

describe('the payment status follows from the events', () => {
  it.each<[string, Order]>([
    ['none', orderAfter()],
    ['declined', orderAfter([declined])],
    ['authorized', orderAfter(achieved())],
    ['authorized', afterwards(orderAfter(), event('PaymentAuthorized', { ...payment, amountMinor: 0 }))],
    ['voided', orderAfter(achieved(), [event('PaymentVoided', payment)])],
    ['voided', orderAfter([declined], [event('PaymentVoided', payment)])],
    ['partially_captured', afterwards(two(), captured(berlin, 1_000))],
    ['partially_captured', afterwards(two(), captured(berlin, payment.amountMinor - 1))],
    ['captured', afterwards(two(), captured(berlin, 1_000), captured(vienna, payment.amountMinor - 1_000))],
    ['refunded', afterwards(two(), captured(berlin, 1_000), event('PaymentVoided', payment))],
  ])('%s (%#)', (status, order) => {
    expect(paymentStatusOf(order)).toBe(status);
  });

  it('counts a refund as no more than was captured', () => {
    const order = afterwards(two(), captured(berlin, 1_000), event('PaymentVoided', payment));
    expect(order.payment).toMatchObject({ capturedMinor: 1_000, refundedMinor: 1_000 });
  });

  it('distinguishes a partial refund from a full one', () => {
    const order = afterwards(two(), captured(berlin, 1_000));
    expect(paymentStatusOf({ ...order, payment: { ...order.payment, refundedMinor: 999 } })).toBe('partially_refunded');
  });
});

describe('the payments of an order', () => {
  const renewal = { paymentId: 'pi_2', amountMinor: payment.amountMinor - 1_000, currency: 'EUR' };
  const single = () =>
    afterwards(two(), captured(berlin, 1_000), event('PaymentAuthorized', { ...renewal, purpose: 'renewal' }));

  it('are one while nothing is renewed, with the same amounts as the totals', () => {
    const order = afterwards(two(), captured(berlin, 1_000));
    expect(order.payments).toEqual([
      {
        ...{ paymentId: 'pi_1', purpose: 'order', authorizedMinor: payment.amountMinor, capturedMinor: 1_000 },
        ...{ releasedMinor: 0, refundedMinor: 0, voided: false },
      },
    ]);
    expect(order.payment).toMatchObject({ paymentId: 'pi_1', authorizedMinor: payment.amountMinor });
  });

  it('are each captured and refunded apart, and the totals are sums', () => {
    const order = afterwards(
      two(),
      captured(berlin, 1_000),
      event('PaymentAuthorized', { ...renewal, purpose: 'renewal', captureBefore: 'later', multicapture: false }),
      event('PaymentCaptured', { ...renewal, shipmentId: vienna }),
    );
    expect(order.payments).toMatchObject([
      { paymentId: 'pi_1', purpose: 'order', capturedMinor: 1_000 },
      {
        ...{ paymentId: 'pi_2', purpose: 'renewal', authorizedMinor: renewal.amountMinor },
        ...{ capturedMinor: renewal.amountMinor, captureBefore: 'later', multicapture: false },
      },
    ]);
    expect(order.payment).toMatchObject({
      ...{ paymentId: 'pi_2', authorizedMinor: payment.amountMinor + renewal.amountMinor },
      ...{ capturedMinor: payment.amountMinor, refundedMinor: 0 },
    });
    expect(paymentStatusOf(order)).toBe('captured');
  });

  it('are refunded only when nothing is left to capture', () => {
    const refundedFirst = afterwards(single(), event('PaymentVoided', payment));
    expect(paymentStatusOf(refundedFirst)).toBe('partially_refunded');
    const both = afterwards(refundedFirst, event('PaymentVoided', renewal));
    expect([paymentStatusOf(both), both.payment.refundedMinor]).toEqual(['refunded', 1_000]);
  });

  it('have the void of a payment that the log does not name on the one that it names', () => {
    const order = afterwards(two(), captured(berlin, 1_000), event('PaymentVoided', { ...payment, paymentId: 'pi_x' }));
    expect(order.payments).toMatchObject([{ paymentId: 'pi_1', refundedMinor: 1_000 }]);
    expect(paymentStatusOf(order)).toBe('refunded');
  });
});

describe('the fulfillment status follows from the events', () => {
  it.each<[string, Order]>([
    ['unfulfilled', orderAfter()],
    ['booked', two()],
    ['partially_shipped', afterwards(two(), dispatched(berlin))],
    ['shipped', afterwards(two(), dispatched(berlin), dispatched(vienna))],
    ['partially_delivered', afterwards(two(), dispatched(berlin), delivered(berlin))],
    ['partially_delivered', afterwards(two(), dispatched(berlin), dispatched(vienna), delivered(vienna))],
    ['delivered', afterwards(two(), dispatched(berlin), dispatched(vienna), delivered(vienna), delivered(berlin))],
    ['delivered', afterwards(two(), cancelled(berlin), dispatched(vienna), delivered(vienna))],
    ['unfulfilled', afterwards(confirmed(), cancelled(berlin))],
  ])('%s (%#)', (status, order) => {
    expect(fulfillmentStatusOf(order)).toBe(status);
  });
});
