import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { readStripeEvent } from '../../../functions/payments/adapters/stripe-event.ts';
import type { Instant } from '../../../functions/shared/kernel/time.ts';
import { hmacSha256Hex } from '../../../functions/shared/signature.ts';

const secret = 'whsec_test';
const now = '2026-11-22T09:30:00.000Z' as Instant;
const seconds = Date.parse(now) / 1000;
const body = JSON.stringify({
  id: 'evt_1',
  type: 'payment_intent.amount_capturable_updated',
  data: { object: { id: 'pi_1', metadata: { order_id: 'ord_1' }, amount: 5 } },
});

const sign = (at = seconds, text = body, key = secret) => `t=${at},v1=${hmacSha256Hex(key, `${at}.${text}`)}`;
const read = (header: string, text = body, key = secret) => readStripeEvent(text, header, key, now);
const invalid = { refused: expect.objectContaining({ code: 'SIGNATURE_INVALID' }) };

describe('an event is read', () => {
  test('when it is signed as Stripe signs it', () => {
    // The SDK's own generator is the witness of the format.
    const header = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds });
    expect(read(header)).toMatchObject({ id: 'evt_1', data: { object: { metadata: { order_id: 'ord_1' } } } });
    expect(read(sign())).toEqual(read(header));
  });

  test('up to five minutes after it was signed, and before, by a clock that is ahead', () => {
    expect(read(sign(seconds - 300))).toMatchObject({ id: 'evt_1' });
    expect(read(sign(seconds + 300))).toMatchObject({ id: 'evt_1' });
  });

  test('when one of several signatures fits, while a secret is being rolled', () => {
    expect(read(`t=${seconds},v1=${'0'.repeat(64)},${sign().split(',')[1]}`)).toMatchObject({ id: 'evt_1' });
  });

  test('whatever object it is about', () => {
    const other = JSON.stringify({
      id: 'evt_2',
      type: 'account.updated',
      data: { object: { object: 'account', metadata: null } },
    });
    expect(read(sign(seconds, other), other)).toMatchObject({ id: 'evt_2' });
  });
});

describe('an event is refused', () => {
  test.each([
    ['without a signature', ''],
    ['with a signature of another secret', sign(seconds, body, 'whsec_other')],
    ['with a signature of another body', sign(seconds, `${body} `)],
    ['with the signature of another time', sign(seconds - 1).replace(/t=\d+/, `t=${seconds}`)],
    ['with only an older kind of signature', sign().replace('v1=', 'v0=')],
    ['recorded more than five minutes ago', sign(seconds - 301)],
    ['from the future', sign(seconds + 301)],
    ['without a time', sign().replace(/^t=\d+,/, '')],
    ['with a time that is none', sign().replace(/t=\d+/, 't=soon')],
    ['with a signature that was cut', sign().slice(0, -1)],
  ])('%s', (_, header) => {
    expect(read(header)).toEqual(invalid);
  });

  test('as long as there is no secret to check it with', () => {
    expect(read(sign(seconds, body, ''), body, '')).toEqual(invalid);
  });

  test.each(['', 'no json', '{"id":"evt_1"}', '[]'])('that is signed but is not an event: %s', (text) => {
    expect(read(sign(seconds, text), text)).toMatchObject({ refused: { code: 'VALIDATION_FAILED' } });
  });
});
