import { expect, test } from 'vitest';
import { isOrphaned } from '../../../../functions/fulfillment/domain/orphaned-authorization.ts';
import type { Order } from '../../../../functions/orders/domain/order.ts';
import {
  achieved,
  afterwards,
  cancellationAsked,
  confirmed,
  declined,
  event,
  orderAfter,
  payment,
} from '../../orders/given.ts';

const held = event('OrderHeld', { reason: 'review', detail: '' });
const rejected = orderAfter([declined], [event('OrderRejected', { code: 'PAYMENT_DECLINED', detail: 'No.' })]);
const cancelled = orderAfter([cancellationAsked()], [event('OrderCancelled', {})]);

test.each<[string, Order, string]>([
  ['was rejected', rejected, payment.paymentId],
  ['was cancelled', cancelled, payment.paymentId],
  ['is being rejected', orderAfter([declined]), payment.paymentId],
  ['is being cancelled', afterwards(confirmed(), cancellationAsked('confirmed')), payment.paymentId],
  ['waits for a person in the middle of its undo', orderAfter([declined], [held]), payment.paymentId],
  ['counts on another authorization', confirmed(), 'pi_other'],
  ['counts on another authorization and is on hold', afterwards(confirmed(), held), 'pi_other'],
])('an authorization of an order that %s is orphaned', (_, order, paymentId) => {
  expect(isOrphaned(order, paymentId)).toBe(true);
});

test.each<[string, Order]>([
  ['has only been placed', orderAfter()],
  ['has it on record', orderAfter(achieved())],
  ['is confirmed', confirmed()],
  ['is on hold for a review', afterwards(confirmed(), held)],
])('an authorization of an order that %s stays', (_, order) => {
  expect(isOrphaned(order, payment.paymentId)).toBe(false);
});
