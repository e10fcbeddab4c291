import { describe, expect, it } from 'vitest';
import { requestCancellation } from '../../../../functions/orders/domain/decide-cancellation.ts';
import { endPaymentAction, requirePaymentAction } from '../../../../functions/orders/domain/decide-payment-action.ts';
import { paymentStatusOf } from '../../../../functions/orders/domain/order.ts';
import { unfinishedOf } from '../../../../functions/orders/domain/unfinished.ts';
import { addSeconds } from '../../../../functions/shared/kernel/time.ts';
import {
  achieved,
  afterwards,
  cancellationAsked,
  confirmed,
  declined,
  event,
  eventsOf,
  now,
  orderAfter,
  payment,
  refusalCode,
} from '../given.ts';

const required = { ...payment, actionBefore: addSeconds(now, 780) };
const waiting = () => orderAfter([event('PaymentActionRequired', required)]);
const ended = (reason: 'reported' | 'cancelled') =>
  event('PaymentActionEnded', { paymentId: payment.paymentId, reason });

describe('an order waits for its customer to confirm the payment', () => {
  it('once, however often the saga runs', () => {
    const order = orderAfter();
    expect(eventsOf(requirePaymentAction(order, required))).toEqual([event('PaymentActionRequired', required)]);
    expect(eventsOf(requirePaymentAction(waiting(), required))).toEqual([]);
  });

  it('not while it is undone, nor after its confirmation', () => {
    expect(refusalCode(requirePaymentAction(orderAfter([cancellationAsked()]), required))).toBe(
      'CANCELLATION_REQUESTED',
    );
    expect(refusalCode(requirePaymentAction(orderAfter([declined]), required))).toBe('ORDER_ENDED');
    expect(refusalCode(requirePaymentAction(confirmed(), required))).toBe('ORDER_ENDED');
  });

  it('with a payment status of its own, until there is an answer', () => {
    expect(paymentStatusOf(waiting())).toBe('action_required');
    expect(paymentStatusOf(afterwards(waiting(), ended('reported')))).toBe('none');
    expect(paymentStatusOf(afterwards(waiting(), declined))).toBe('declined');
    const authorized = afterwards(waiting(), ...achieved());
    expect([paymentStatusOf(authorized), authorized.payment.action]).toEqual(['authorized', undefined]);
  });

  it('and is due when the time for the confirmation ends, not when a saga would be', () => {
    const parts = unfinishedOf(waiting(), 900);
    expect(parts.map(({ reason, dueAt }) => [reason, dueAt])).toEqual([
      ['payment_action', required.actionBefore],
      ['hold', addSeconds(now, 901)],
    ]);
    expect(unfinishedOf(afterwards(waiting(), ended('reported')), 900)[0]?.reason).toBe('placement');
    expect(unfinishedOf(afterwards(waiting(), declined), 900)[0]?.reason).toBe('undo');
  });
});

describe('the wait ends', () => {
  it('once, with a report about the payment that is waited for', () => {
    expect(eventsOf(endPaymentAction(waiting(), payment.paymentId))).toEqual([ended('reported')]);
    expect(eventsOf(endPaymentAction(waiting(), 'pi_other'))).toEqual([]);
    expect(eventsOf(endPaymentAction(afterwards(waiting(), ended('reported')), payment.paymentId))).toEqual([]);
    expect(eventsOf(endPaymentAction(orderAfter(), payment.paymentId))).toEqual([]);
  });

  it('in the commit of a cancellation, so that a report after it changes nothing', () => {
    const events = eventsOf(requestCancellation(waiting(), 'customer', now));
    expect(events).toEqual([ended('cancelled'), cancellationAsked('placed')]);
    expect(eventsOf(endPaymentAction(afterwards(waiting(), ...events), payment.paymentId))).toEqual([]);
  });
});
