import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { readStripeEvent, type StripeEvent } from '../../../../functions/payments/adapters/stripe-event.ts';
import type { Instant } from '../../../../functions/shared/kernel/time.ts';

const secret = 'whsec_test';
const now = '2026-11-22T09:30:00.000Z' as Instant;
const seconds = Date.parse(now) / 1000;
const body = JSON.stringify({
  id: 'evt_1',
  type: 'payment_intent.amount_capturable_updated',
  data: { object: { id: 'pi_1', metadata: { order_id: 'ord_1' }, amount: 5 } },
});

/** Written from Stripe's documentation, not with its SDK: https://docs.stripe.com/webhooks#verify-manually */
const signature = (at: number | string = seconds, text = body, key = secret) =>
  createHmac('sha256', key).update(`${at}.${text}`).digest('hex');
const sign = (at: number | string = seconds, text = body, key = secret) => `t=${at},v1=${signature(at, text, key)}`;
const read = (header: string, text = body, key = secret, at = now) => readStripeEvent(text, header, key, at);
const later = (ms: number) => new Date(Date.parse(now) + ms).toISOString() as Instant;
const invalid = { refused: expect.objectContaining({ code: 'SIGNATURE_INVALID' }) };

describe('an event is accepted', () => {
  test('when it is signed as Stripe signs it', () => {
    // The SDK's generator defines the format.
    const header = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds });
    expect(read(header)).toMatchObject({ id: 'evt_1', data: { object: { metadata: { order_id: 'ord_1' } } } });
    expect(read(sign())).toEqual(read(header));
  });

  test('up to five minutes after it was signed, and before, by a clock that is ahead', () => {
    expect(read(sign(seconds - 300))).toMatchObject({ id: 'evt_1' });
    expect(read(sign(seconds + 300))).toMatchObject({ id: 'evt_1' });
  });

  test('when one of several signatures is right, while a secret is rotated', () => {
    expect(read(`t=${seconds},v1=${'0'.repeat(64)},${sign().split(',')[1]}`)).toMatchObject({ id: 'evt_1' });
    const [current, previous] = [signature(), signature(seconds, body, 'whsec_previous')];
    for (const signatures of [
      [current, previous],
      [previous, current],
    ]) {
      const header = `t=${seconds},${signatures.map((each) => `v1=${each}`).join()},v0=${'0'.repeat(64)}`;
      expect(read(header)).toMatchObject({ id: 'evt_1' });
      expect(read(header, body, 'whsec_previous')).toMatchObject({ id: 'evt_1' });
      expect(read(header, body, 'whsec_before_that')).toEqual(invalid);
    }
  });

  test('when the fields of the header are separated by spaces too', () => {
    expect(read(sign().replace(',', ', '))).toMatchObject({ id: 'evt_1' });
  });

  test('about any kind of object', () => {
    const other = JSON.stringify({
      id: 'evt_2',
      type: 'account.updated',
      data: { object: { object: 'account', metadata: null } },
    });
    expect(read(sign(seconds, other), other)).toMatchObject({ id: 'evt_2' });
  });
});

describe('an event of a kind that is not used here', () => {
  test.each([
    '',
    'no json',
    'null',
    '[]',
    '{"id":7}',
    '{"id":"evt_1"}',
    '{"id":"evt_t","object":"v2.core.event","type":"v1.x.y","related_object":{}}',
    '{"id":"evt_u","type":"payout.paid","data":{"object":{"id":["x"],"metadata":"none"}}}',
  ])('is accepted, without a payment and without an order: %s', (text) => {
    const event = read(sign(seconds, text), text) as StripeEvent;
    expect([event.data.object.id, event.data.object.metadata.order_id]).toEqual([undefined, undefined]);
  });
});

describe('an event is refused', () => {
  test.each([
    ['without a signature', ''],
    ['with a signature of another secret', sign(seconds, body, 'whsec_other')],
    ['with a signature of another body', sign(seconds, `${body} `)],
    ['with the signature of another timestamp', sign(seconds - 1).replace(/t=\d+/, `t=${seconds}`)],
    ['with a signature of the scheme v0 only', sign().replace('v1=', 'v0=')],
    ['signed more than five minutes ago', sign(seconds - 301)],
    ['signed more than five minutes in the future', sign(seconds + 301)],
    ['without a timestamp', sign().replace(/^t=\d+,/, '')],
    ['with a timestamp that is not a number', sign().replace(/t=\d+/, 't=soon')],
    ['with a truncated signature', sign().slice(0, -1)],
    ['with an empty signature', `t=${seconds},v1=`],
    ['with a signature without a value', `t=${seconds},v1`],
    ['with a signature that is not ASCII', `t=${seconds},v1=${'é'.repeat(64)}`],
    ['with two timestamps', `t=${seconds},${sign(seconds + 301)}`],
    ['with an empty timestamp before the right one', `t,${sign()}`],
    ['with two timestamps in the other order', `${sign(seconds + 301)},t=${seconds}`],
    ['with its signature behind more fields than Stripe sends', `t=${seconds},${'v0=0,'.repeat(9)}v1=${signature()}`],
    ['with nothing but separators', ',,=,'],
  ])('%s', (_, header) => {
    expect(read(header)).toEqual(invalid);
  });

  test('from the first millisecond beyond five minutes', () => {
    expect(read(sign(), body, secret, later(300_000))).toMatchObject({ id: 'evt_1' });
    expect(read(sign(), body, secret, later(300_001))).toEqual(invalid);
    expect(read(sign(), body, secret, later(-300_000))).toMatchObject({ id: 'evt_1' });
    expect(read(sign(), body, secret, later(-300_001))).toEqual(invalid);
  });

  test('when any byte of its body was changed, added or removed', () => {
    const header = sign();
    for (let index = 0; index < body.length; index += 7) {
      const [before, after] = [body.slice(0, index), body.slice(index + 1)];
      const changed = String.fromCharCode(body.charCodeAt(index) ^ 1);
      for (const text of [before + changed + after, before + after, `${before} ${body.slice(index)}`]) {
        expect(read(header, text)).toEqual(invalid);
      }
    }
    for (const text of ['', `${body}\n`, `\uFEFF${body}`]) expect(read(header, text)).toEqual(invalid);
  });

  test.each(['', ' '])('when the secret is blank: "%s"', (none) => {
    expect(read(sign(seconds, body, none), body, none)).toEqual(invalid);
  });
});
