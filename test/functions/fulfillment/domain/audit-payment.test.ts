import { expect, test } from 'vitest';
import { auditPayment, isAuditable } from '../../../../functions/fulfillment/domain/audit-payment.ts';
import type { Order, OrderPayment } from '../../../../functions/orders/domain/order.ts';

const nothing = { authorizedMinor: 500, capturedMinor: 0, refundedMinor: 0 };
const payment: OrderPayment = {
  ...{ paymentId: 'pi_1', purpose: 'order', authorizedMinor: 500, capturedMinor: 0, releasedMinor: 0 },
  ...{ refundedMinor: 0, voided: false },
};
const paymentWith = (facts: Partial<OrderPayment> = {}): OrderPayment => ({ ...payment, ...facts });
const undoing = { cancellationRequested: false };
const order = (more: object = {}) =>
  ({
    ...{ orderId: 'ord_1', currency: 'EUR', status: 'confirmed', undoing, shipments: [] },
    ...{ payments: [payment], ...more },
  }) as unknown as Order;
const about = { orderId: 'ord_1', paymentId: 'pi_1', currency: 'EUR' };

test.each([
  ['authorized', {}, nothing],
  ['captured', { capturedMinor: 500 }, { ...nothing, capturedMinor: 500 }],
  [
    'refunded whole',
    { capturedMinor: 500, refundedMinor: 500 },
    { ...nothing, capturedMinor: 500, refundedMinor: 500 },
  ],
  [
    'refunded in part',
    { capturedMinor: 500, refundedMinor: 200 },
    { ...nothing, capturedMinor: 500, refundedMinor: 200 },
  ],
  ['voided', { voided: true }, nothing],
  [
    'voided after a capture whose answer was lost',
    { voided: true },
    { ...nothing, capturedMinor: 500, refundedMinor: 500 },
  ],
  [
    'refunded, with a further capture whose answer was lost',
    { capturedMinor: 200, refundedMinor: 200 },
    { ...nothing, capturedMinor: 500, refundedMinor: 500 },
  ],
])('an order agrees with the gateway about a payment that is %s', (_, facts, found) => {
  expect(auditPayment(order(), paymentWith(facts), found)).toEqual([]);
});

test.each([
  ['captured here only', { capturedMinor: 500 }, nothing, 'captured_differs', 500, 0],
  ['captured there only', {}, { ...nothing, capturedMinor: 500 }, 'captured_differs', 0, 500],
  ['captured there in part', { capturedMinor: 500 }, { ...nothing, capturedMinor: 200 }, 'captured_differs', 500, 200],
  [
    'refunded here only',
    { capturedMinor: 500, refundedMinor: 500 },
    { ...nothing, capturedMinor: 500 },
    'refunded_differs',
    500,
    0,
  ],
  [
    'refunded there only',
    { capturedMinor: 500 },
    { ...nothing, capturedMinor: 500, refundedMinor: 100 },
    'refunded_differs',
    0,
    100,
  ],
  ['voided here and captured there', { voided: true }, { ...nothing, capturedMinor: 500 }, 'refunded_differs', 500, 0],
])('a payment that is %s is a finding', (_, facts, found, kind, expectedMinor, foundMinor) => {
  expect(auditPayment(order(), paymentWith(facts), found)).toEqual([{ kind, ...about, expectedMinor, foundMinor }]);
});

test('a payment that the gateway does not have is a finding', () => {
  const finding = { kind: 'payment_unknown', ...about, expectedMinor: 500, foundMinor: 0 };
  expect(auditPayment(order(), payment, undefined)).toEqual([finding]);
});

test.each([
  ['is confirmed', order(), true],
  ['has no payment', order({ payments: [] }), false],
  ['is being cancelled', order({ undoing: { cancellationRequested: true } }), false],
  ['has a shipment that is being dispatched', order({ shipments: [{ status: 'dispatch_requested' }] }), false],
  ['has a shipment that was dispatched', order({ shipments: [{ status: 'dispatched' }] }), true],
  [
    'is on hold while it is undone',
    order({ status: 'on_hold', held: { undoing: { cancellationRequested: true } } }),
    false,
  ],
  ['is on hold for a failed capture', order({ status: 'on_hold', held: { undoing } }), true],
])('an order that %s', (_, given, audited) => {
  expect(isAuditable(given)).toBe(audited);
});
