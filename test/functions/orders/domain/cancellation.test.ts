import { describe, expect, it } from 'vitest';
import { requestCancellation } from '../../../../functions/orders/domain/decide-cancellation.ts';
import { requestDispatch } from '../../../../functions/orders/domain/decide-dispatch.ts';
import type { Order } from '../../../../functions/orders/domain/order.ts';
import {
  afterwards,
  berlin,
  cancellationAsked,
  captureOf,
  confirmed,
  declined,
  event,
  eventsOf,
  now,
  orderAfter,
  refusalCode,
  twoWarehouses,
} from '../given.ts';

const held = (reason: 'compensation_failed' | 'capture_failed') =>
  event('OrderHeld', { reason, detail: 'stuck', ...(reason === 'capture_failed' ? { shipmentId: berlin } : {}) });
const requested = (order: Order) => afterwards(order, ...eventsOf(requestDispatch(order, berlin, now)));
const dispatched = (order: Order) =>
  afterwards(requested(order), event('ShipmentDispatched', { shipmentId: berlin, carrier: 'DHL', trackingCode: 't' }));
const delivered = (order: Order) =>
  afterwards(dispatched(order), event('ShipmentDelivered', { shipmentId: berlin, deliveredAt: 'now' }));
const captureFailed = (order: Order) =>
  afterwards(
    requested(order),
    event('PaymentCaptureFailed', { shipmentId: berlin, code: 'PAYMENT_CAPTURE_REFUSED', detail: 'No.' }),
    held('capture_failed'),
  );

describe('a cancellation', () => {
  it.each(['customer', 'staff'] as const)('is recorded for a placed order, with its requester: %s', (by) => {
    expect(requestCancellation(orderAfter(), by, now)).toEqual([
      event('CancellationRequested', { from: 'placed', by }),
    ]);
  });

  it('is recorded for a confirmed order', () => {
    expect(requestCancellation(confirmed(), 'customer', now)).toEqual([cancellationAsked('confirmed')]);
  });

  it('is recorded for an order that is already failing, and takes precedence over the failure', () => {
    expect(requestCancellation(orderAfter([declined]), 'customer', now)).toEqual([cancellationAsked('placed')]);
  });

  it.each([
    ['an undo', orderAfter([declined], [held('compensation_failed')])],
    ['a capture', captureFailed(confirmed())],
  ])('takes an order off hold that waits because of %s', (_, order) => {
    expect(requestCancellation(order, 'customer', now)).toEqual([
      event('OrderResumed', { reason: 'cancellation' }),
      cancellationAsked('on_hold'),
    ]);
  });

  it('can be requested again when its undo is stuck', () => {
    const stuck = afterwards(confirmed(), cancellationAsked('confirmed'), held('compensation_failed'));
    const order = afterwards(stuck, ...eventsOf(requestCancellation(stuck, 'staff', now)));
    expect(order).toMatchObject({ status: 'confirmed', undoing: { cancellationRequested: true } });
  });

  it('can be requested again even if a late run dispatched a shipment while its undo was stuck', () => {
    const stuck = afterwards(
      captureFailed(confirmed()),
      event('OrderResumed', { reason: 'cancellation' }),
      cancellationAsked('on_hold'),
      held('compensation_failed'),
      event('ShipmentDispatched', { shipmentId: berlin, carrier: 'DHL', trackingCode: 't' }),
    );
    expect(eventsOf(requestCancellation(stuck, 'staff', now)).at(-1)).toMatchObject({ type: 'CancellationRequested' });
    const again = afterwards(stuck, ...eventsOf(requestCancellation(stuck, 'staff', now)));
    expect(requestCancellation(again, 'staff', now)).toEqual([]);
  });

  it.each([
    ['placed', orderAfter()],
    ['confirmed', confirmed()],
    ['on hold', captureFailed(confirmed())],
  ])('that is requested twice is recorded once (%s)', (_, order) => {
    const asked = afterwards(order, ...eventsOf(requestCancellation(order, 'customer', now)));
    expect(requestCancellation(asked, 'customer', now)).toEqual([]);
    expect(requestCancellation(asked, 'staff', now)).toEqual([]);
  });

  it('of a cancelled order changes nothing', () => {
    expect(requestCancellation(orderAfter([event('OrderCancelled', {})]), 'customer', now)).toEqual([]);
  });

  it.each([
    ['that was handed over', requested(confirmed())],
    ['that was dispatched', dispatched(confirmed())],
    ['that was delivered', delivered(confirmed())],
    ['of which one of two parcels was handed over', requested(confirmed(twoWarehouses))],
    ['of which one of two parcels was delivered', delivered(confirmed(twoWarehouses))],
    [
      'that is paid for but could not be booked out',
      afterwards(
        requested(confirmed()),
        event('PaymentCaptured', { ...captureOf(confirmed(), berlin), shipmentId: berlin }),
        event('OrderHeld', { reason: 'dispatch_failed', detail: 'stuck', shipmentId: berlin }),
      ),
    ],
    ['that is completed', afterwards(delivered(confirmed()), event('OrderCompleted', {}))],
    ['that was rejected', orderAfter([event('OrderRejected', { code: 'OUT_OF_STOCK', detail: 'Sold out.' })])],
  ])('is refused for an order %s', (_, order) => {
    expect(refusalCode(requestCancellation(order, 'staff', now))).toBe('ORDER_NOT_CANCELLABLE');
  });
});
