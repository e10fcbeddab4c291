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
