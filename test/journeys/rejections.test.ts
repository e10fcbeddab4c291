import { afterAll, beforeAll, describe, expect, test } from 'vitest';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
import type { Local } from '../../local/local.ts';
>>>>>>> aws
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, logLevel: 'SILENT' });
  shop = new Shop(local);
  await shop.sell('PEN', { prices: { EUR: 250 }, stock: { BER: 40 } });
  await shop.sell('INK', { prices: { EUR: 990 }, stock: { BER: 2 } });
});

afterAll(() => local?.stop());

const untouched = { onHand: 40, available: 40, reserved: 0 };

interface Rejection {
  readonly because: string;
  readonly order: Parameters<typeof orderOf>[1];
  readonly rejection: { readonly code: string; readonly detail: unknown };
  readonly paymentStatus: string;
  readonly history: readonly string[];
  /** Of the payments in the gateway's books. */
  readonly payments: readonly string[];
}

const pens = (quantity: number) => [{ sku: 'PEN', quantity }];

const rejections: readonly Rejection[] = [
  {
    because: 'there is less stock than was ordered',
    order: { lines: pens(41) },
    rejection: { code: 'OUT_OF_STOCK', detail: expect.stringContaining('PEN') },
    paymentStatus: 'none',
    history: ['OrderPlaced', 'StockReservationFailed', 'OrderRejected'],
    payments: [],
  },
  {
    because: 'one of its lines is short, and then no line is held',
    order: { lines: [...pens(2), { sku: 'INK', quantity: 3 }] },
    rejection: { code: 'OUT_OF_STOCK', detail: expect.stringContaining('INK') },
    paymentStatus: 'none',
    history: ['OrderPlaced', 'StockReservationFailed', 'OrderRejected'],
    payments: [],
  },
  {
    because: 'the card is declined',
    order: { paymentMethodId: 'pm_card_chargeDeclined' },
    rejection: { code: 'PAYMENT_DECLINED', detail: 'The payment was declined.' },
    paymentStatus: 'declined',
    history: ['OrderPlaced', 'StockReserved', 'PaymentDeclined', 'StockReleased', 'OrderRejected'],
    payments: [],
  },
  {
    because: 'the card has no funds, which its owner may know',
    order: { paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' },
    rejection: { code: 'PAYMENT_DECLINED', detail: 'The payment was declined: the funds are not sufficient.' },
    paymentStatus: 'declined',
    history: ['OrderPlaced', 'StockReserved', 'PaymentDeclined', 'StockReleased', 'OrderRejected'],
    payments: [],
  },
  {
    because: 'nobody knows the payment method',
    order: { paymentMethodId: 'pm_never_heard_of' },
    rejection: { code: 'PAYMENT_DECLINED', detail: 'The payment method does not exist.' },
    paymentStatus: 'declined',
    history: ['OrderPlaced', 'StockReserved', 'PaymentDeclined', 'StockReleased', 'OrderRejected'],
    payments: [],
  },
  {
    because: 'the payment gateway fails every time',
    order: { paymentMethodId: 'pm_sandbox_error' },
    rejection: { code: 'PAYMENT_UNAVAILABLE', detail: 'The payment gateway could not be reached.' },
    paymentStatus: 'declined',
    history: ['OrderPlaced', 'StockReserved', 'PaymentDeclined', 'StockReleased', 'OrderRejected'],
    payments: [],
  },
  {
    because: 'the carrier refuses the address after the payment was authorized',
    order: { shippingAddress: { postalCode: '00000' } },
    rejection: { code: 'ADDRESS_REFUSED', detail: expect.stringContaining('refused the address') },
    paymentStatus: 'voided',
    history: [
      'OrderPlaced',
      'StockReserved',
      'PaymentAuthorized',
      'ShipmentBookingFailed',
      'PaymentVoided',
      'StockReleased',
      'OrderRejected',
    ],
    payments: ['canceled'],
  },
  {
    because: 'the carrier fails every time',
    order: { shippingAddress: { postalCode: '00001' } },
    rejection: { code: 'CARRIER_UNAVAILABLE', detail: 'The carrier could not be reached.' },
    paymentStatus: 'voided',
    history: [
      'OrderPlaced',
      'StockReserved',
      'PaymentAuthorized',
      'ShipmentBookingFailed',
      'PaymentVoided',
      'StockReleased',
      'OrderRejected',
    ],
    payments: ['canceled'],
  },
  {
    because: 'the carrier refuses the address, and the answer about the payment had been lost',
    order: { shippingAddress: { postalCode: '00000' }, paymentMethodId: 'pm_sandbox_lostAck' },
    rejection: { code: 'ADDRESS_REFUSED', detail: expect.any(String) },
    paymentStatus: 'voided',
    history: [
      'OrderPlaced',
      'StockReserved',
      'PaymentAuthorized',
      'ShipmentBookingFailed',
      'PaymentVoided',
      'StockReleased',
      'OrderRejected',
    ],
    payments: ['canceled'],
  },
];

describe('an order is rejected, and nothing stays held or charged, because', () => {
  test.each(rejections)('$because', async ({ order, rejection, paymentStatus, history, payments }) => {
    const { orderId, ...rejected } = await shop.ordered('alice', orderOf('PEN', order));
    expect(rejected).toMatchObject({ status: 'rejected', rejection, paymentStatus, fulfillmentStatus: 'unfulfilled' });
    expect(rejected.payment).toMatchObject({ capturedMinor: 0, refundedMinor: 0 });
    expect(rejected.shipments).toEqual([]);
    expect((await shop.events(orderId)).map(({ type }) => type)).toEqual(history);
    expect(await shop.stock('PEN')).toMatchObject(untouched);
    expect(await shop.stock('INK')).toMatchObject({ onHand: 2, available: 2, reserved: 0 });
    const books = await shop.books(orderId);
    expect(books.payments.map(({ status }) => status)).toEqual(payments);
    expect(books.payments.every(({ capturableMinor, capturedMinor }) => capturableMinor + capturedMinor === 0)).toBe(
      true,
    );
    expect(books.parcels).toEqual([]);
    expect(await shop.summary(orderId)).toMatchObject({ status: 'rejected', paymentStatus });
    expect((await shop.cancel(orderId)).status).toBe(409);
  });

  test('and none of this is a failure of the system', () => {
    expect(local.executions().filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
    expect(local.deadLetters()).toEqual([]);
  });
});

describe('a gateway that stumbles does not cost the order:', () => {
  const stumbles = [
    { how: 'the payment gateway fails twice and then works', order: { paymentMethodId: 'pm_sandbox_flaky' } },
    {
      how: "the payment gateway's answer is lost after it authorized",
      order: { paymentMethodId: 'pm_sandbox_lostAck' },
    },
    { how: "the carrier's answer is lost after it booked", order: { shippingAddress: { postalCode: '00002' } } },
  ];

  test.each(stumbles)('$how', async ({ order: changes }) => {
    await shop.sell('CUP', { stock: { BER: 1 } });
    const order = await shop.ordered('alice', orderOf('CUP', changes));
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized', fulfillmentStatus: 'booked' });
    const { payments, parcels } = await shop.books(order.orderId);
    expect(payments).toMatchObject([
      { status: 'requires_capture', capturableMinor: order.totals.totalMinor, siblings: [] },
    ]);
    expect(parcels).toMatchObject([{ status: 'bought', trackingCode: order.shipments[0]?.trackingCode }]);
    expect(await shop.dispatched(order)).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  });
});

describe('a capture that is refused', () => {
  test('holds the order visibly: the parcel stays, nothing is charged, and asking again tries again', async () => {
    const placed = await shop.ordered('alice', orderOf('PEN', { paymentMethodId: 'pm_sandbox_captureFails' }));
    const shipmentId = placed.shipments[0]?.shipmentId ?? '';
    const held = await shop.dispatched(placed);
    expect(held).toMatchObject({
      status: 'on_hold',
      paymentStatus: 'authorized',
      fulfillmentStatus: 'booked',
      hold: { reason: 'capture_failed', detail: expect.stringContaining('refused the capture'), shipmentId },
      shipments: [{ status: 'booked' }],
      payment: { capturedMinor: 0 },
    });
    expect(await shop.stock('PEN')).toMatchObject({ onHand: 40, available: 39, reserved: 1 });
    expect(await shop.summary(held.orderId)).toMatchObject({ status: 'on_hold' });

    expect(await shop.dispatched(held)).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed' } });
    expect((await shop.events(held.orderId)).map(({ type }) => type).slice(5)).toEqual([
      'DispatchRequested',
      'PaymentCaptureFailed',
      'OrderHeld',
      'OrderResumed',
      'DispatchRequested',
      'PaymentCaptureFailed',
      'OrderHeld',
    ]);

    expect((await shop.cancel(held.orderId)).status).toBe(202);
    await local.settled();
    expect(await shop.order(held.orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    expect(await shop.stock('PEN')).toMatchObject(untouched);
    expect(await shop.books(held.orderId)).toMatchObject({
      payments: [{ status: 'canceled', capturedMinor: 0 }],
      parcels: [{ status: 'refunded' }],
    });
  });

  test('is over when a later capture works: the order goes on as if nothing had been', async () => {
    const placed = await shop.ordered('alice', orderOf('PEN'));
    local.invokeFaults.add({ kind: 'fail', function: 'CapturePayment', error: 'PAYMENT_CAPTURE_REFUSED' });
    const held = await shop.dispatched(placed);
    expect(held).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed' } });
    const resumed = await shop.dispatched(held);
    expect(resumed).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect(resumed).not.toHaveProperty('hold');
    expect(await shop.stock('PEN')).toMatchObject({ onHand: 39, available: 39, reserved: 0 });
    const { payments } = await shop.books(placed.orderId);
    expect(payments).toMatchObject([{ status: 'succeeded', capturedMinor: placed.totals.totalMinor }]);
  });
});
