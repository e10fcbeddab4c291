import { expect, test } from 'vitest';
import type { AuthorizationAnswer } from '../../../../functions/fulfillment/commands/authorize-order.ts';
import { paymentWaiter } from '../../../../functions/fulfillment/commands/wait-for-payment.ts';
import { afterwards, cancellationAsked, event, orderAfter, payment, sagaState, stock } from '../../orders/given.ts';

const action = { ...payment, clientSecret: 'secret', redirectUrl: 'https://bank.example.com/' };

/** A wait of an order, with what the gateway answers one after the other. */
function waiting(order = orderAfter(), ...answers: readonly AuthorizationAnswer[]) {
  const done: string[] = [];
  const left = [...answers];
  const wait = paymentWaiter({
    orders: {
      decide: async (_, __, decision) => {
        const events = decision(order);
        if ('refused' in events) return events;
        done.push(...events.map(({ type }) => type));
        return events.length === 0 ? order : afterwards(order, ...events);
      },
    },
    actions: { keep: async (_, { clientSecret }) => void done.push(clientSecret) },
    authorize: async () => left.shift() ?? action,
    holdSeconds: 900,
  });
  return { run: () => wait(sagaState({ stock: stock() })), done };
}

test('the secrets are kept before the wait is on record', async () => {
  const { run, done } = waiting();
  expect(await run()).toMatchObject({ status: 'placed', payment: { action: { isOpen: true } } });
  expect(done).toEqual(['secret', 'PaymentActionRequired']);
});

test('an answer before the wait is on record lets the saga go on, and nothing is recorded', async () => {
  const { run, done } = waiting(undefined, payment);
  expect(await run()).toMatchObject({ refused: { code: 'PAYMENT_ANSWERED' } });
  expect(done).toEqual([]);
});

test('an answer while the wait is recorded lets the saga go on', async () => {
  const { run, done } = waiting(undefined, action, payment);
  expect(await run()).toMatchObject({ refused: { code: 'PAYMENT_ANSWERED' } });
  expect(done).toContain('PaymentActionRequired');
});

test('an order that is being cancelled does not wait', async () => {
  const { run, done } = waiting(orderAfter([cancellationAsked()]));
  expect(await run()).toMatchObject({ refused: { code: 'CANCELLATION_REQUESTED' } });
  expect(done).toEqual(['secret']);
});

test('an order waits once, and for what is left of the hold', async () => {
  const required = { ...payment, actionBefore: 'earlier' };
  const { run, done } = waiting(orderAfter([event('PaymentActionRequired', required)]));
  expect(await run()).toMatchObject({ status: 'placed' });
  expect(done).toEqual(['secret']);
});
