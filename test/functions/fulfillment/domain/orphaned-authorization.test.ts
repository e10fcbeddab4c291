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
  ['is on hold in the middle of its undo', orderAfter([declined], [held]), payment.paymentId],
  ['has another authorization', confirmed(), 'pi_other'],
  ['has another authorization and is on hold', afterwards(confirmed(), held), 'pi_other'],
])('an authorization is orphaned when its order %s', (_, order, paymentId) => {
  expect(isOrphaned(order, paymentId)).toBe(true);
});

test.each<[string, Order]>([
  ['is placed and has no authorization on record', orderAfter()],
  ['has this authorization on record', orderAfter(achieved())],
  ['is confirmed', confirmed()],
  ['is on hold for a review', afterwards(confirmed(), held)],
])('an authorization is not orphaned when its order %s', (_, order) => {
  expect(isOrphaned(order, payment.paymentId)).toBe(false);
});

test('a renewal is orphaned only when its order ends: it is reported before the log names it', () => {
  expect(isOrphaned(confirmed(), 'pi_renewal', true)).toBe(false);
  expect(isOrphaned(afterwards(confirmed(), held), 'pi_renewal', true)).toBe(false);
  expect(isOrphaned(afterwards(confirmed(), cancellationAsked('confirmed')), 'pi_renewal', true)).toBe(true);
  expect(isOrphaned(cancelled, 'pi_renewal', true)).toBe(true);
});
