import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../../functions/shared/kernel/time.ts';
import {
  deliveryIn,
  type EasypostEvent,
  readEasypostEvent,
} from '../../../../functions/shipping/adapters/easypost-event.ts';

const secret = 'se¢ret';
const now = '2026-11-22T09:30:00.000Z' as Instant;
const rfc2822 = (seconds = 0) => new Date(Date.parse(now) + seconds * 1000).toUTCString().replace('GMT', '-0000');
const body = JSON.stringify({
  id: 'evt_1',
  description: 'tracker.updated',
  result: { object: 'Tracker', status: 'in_transit' },
});

interface Signing {
  readonly timestamp?: string;
  readonly path?: string;
  readonly text?: string;
  readonly key?: string;
  readonly method?: string;
}

function sign({
  timestamp = rfc2822(),
  path = '/webhooks/carrier',
  text = body,
  key = secret,
  method = 'POST',
}: Signing = {}) {
  const digest = createHmac('sha256', Buffer.from(key.normalize('NFKD'), 'utf8'))
    .update(timestamp + method + path + text, 'utf8')
    .digest('hex');
  return { 'x-timestamp': timestamp, 'x-path': path, 'x-hmac-signature-v2': `hmac-sha256-hex=${digest}` };
}

/** The first version of the signature (https://docs.easypost.com/docs/webhooks). */
function signOnce(text = body, key = secret): Record<string, string> {
  const digest = createHmac('sha256', Buffer.from(key.normalize('NFKD'), 'utf8'))
    .update(text, 'utf8')
    .digest('hex');
  return { 'x-hmac-signature': `hmac-sha256-hex=${digest}` };
}

const read = (headers: Record<string, string>, text = body, key = secret) =>
  readEasypostEvent(text, headers, '/webhooks/carrier', key, now);
const invalid = { refused: expect.objectContaining({ code: 'SIGNATURE_INVALID' }) };

describe('an event is accepted', () => {
  test('when it is signed as EasyPost signs it', () => {
    expect(read(sign())).toMatchObject({ id: 'evt_1', description: 'tracker.updated' });
  });

  test('up to five minutes after it was signed', () => {
    expect(read(sign({ timestamp: rfc2822(-300) }))).toMatchObject({ id: 'evt_1' });
  });

  test('behind a proxy that put a path of its own in front', () => {
    expect(read(sign({ path: '/shop/webhooks/carrier' }))).toMatchObject({ id: 'evt_1' });
  });

  test('with the first version of the signature, which is over the body alone, when there is no second one', () => {
    expect(read(signOnce())).toMatchObject({ id: 'evt_1' });
    expect(read({ ...signOnce(), 'x-timestamp': rfc2822(-900) })).toMatchObject({ id: 'evt_1' });
    expect(read({ ...sign(), ...signOnce() })).toMatchObject({ id: 'evt_1' });
  });

  test.each([
    '',
    'no json',
    'null',
    '[]',
    '{}',
    '{"id":7}',
    '{"id":"evt_1"}',
    '{"id":"evt_b","description":"batch.updated","result":{"object":"Batch","status":{"created":1}}}',
    '{"id":"evt_c","description":"tracker.updated","result":{"object":"Tracker","status":"delivered","shipment_id":["shp_1"]}}',
    '{"id":"evt_d","description":"scan_form.updated","result":null}',
  ])('and reports no delivery when it is of a kind that is not used here: %s', (text) => {
    for (const headers of [sign({ text }), signOnce(text)]) {
      const event = read(headers, text);
      expect(event).not.toHaveProperty('refused');
      expect(deliveryIn(event as EasypostEvent, now)).toBeUndefined();
    }
  });

  test('about any kind of object', () => {
    const text = JSON.stringify({
      id: 'evt_2',
      description: 'payment.created',
      result: { object: 'PaymentLog', status: null },
    });
    expect(read(sign({ text }), text)).toMatchObject({ id: 'evt_2' });
  });
});

describe('an event is refused', () => {
  test.each<[string, Record<string, string>]>([
    ['without a signature', {}],
    ['with a signature of another secret', sign({ key: 'other' })],
    ['with a signature of another body', sign({ text: `${body} ` })],
    ['with a signature of another method', sign({ method: 'PUT' })],
    ['with the signature of another timestamp', { ...sign(), 'x-timestamp': rfc2822(-1) }],
    ['with the signature of another path', { ...sign(), 'x-path': '/other/webhooks/carrier' }],
    ['signed for another endpoint', sign({ path: '/webhooks/payment' })],
    ['signed more than five minutes ago', sign({ timestamp: rfc2822(-301) })],
    ['signed more than five minutes in the future', sign({ timestamp: rfc2822(301) })],
    ['with a timestamp that cannot be read', sign({ timestamp: 'soon' })],
    ['with the second signature in the header of the first', { 'x-hmac-signature': sign()['x-hmac-signature-v2'] }],
    ['with a first signature of another secret', signOnce(body, 'other')],
    ['with a first signature of another body', signOnce(`${body} `)],
    ['with an empty first signature', { 'x-hmac-signature': '' }],
    ['with a right first signature beside a wrong second one', { ...sign({ key: 'other' }), ...signOnce() }],
    ['with a right first signature beside an old second one', { ...sign({ timestamp: rfc2822(-301) }), ...signOnce() }],
  ])('%s', (_, headers) => {
    expect(read(headers)).toEqual(invalid);
  });

  test('when the secret is empty', () => {
    expect(read(sign({ key: '' }), body, '')).toEqual(invalid);
    expect(read(signOnce(body, ''), body, '')).toEqual(invalid);
  });
});

describe('a delivery is reported', () => {
  const event = (result: Partial<EasypostEvent['result']>): EasypostEvent => ({
    id: 'evt_1',
    description: 'tracker.updated',
    result: { object: 'Tracker', status: 'delivered', shipment_id: 'shp_1', ...result },
  });

  test("with the time of the carrier's tracking details", () => {
    const details = [
      { status: 'in_transit', datetime: '2026-11-20T08:00:00Z' },
      { status: 'delivered', datetime: '2026-11-21T16:05:00+01:00' },
    ];
    expect(deliveryIn(event({ tracking_details: details, updated_at: '2026-11-22T00:00:00Z' }), now)).toEqual({
      carrierShipmentId: 'shp_1',
      deliveredAt: '2026-11-21T15:05:00.000Z',
    });
  });

  test('with the time of the update, or else of receipt, when the tracking details have none', () => {
    expect(deliveryIn(event({ updated_at: '2026-11-22T00:00:00Z' }), now)?.deliveredAt).toBe(
      '2026-11-22T00:00:00.000Z',
    );
    for (const unusable of [
      'unknown',
      '+099999-01-01T00:00:00Z',
      '-000500-01-01T00:00:00Z',
      '1999-12-31T00:00:00Z',
      '2099-01-01T00:00:00Z',
    ]) {
      expect(deliveryIn(event({ updated_at: unusable }), now)?.deliveredAt).toBe(now);
    }
    expect(deliveryIn(event({}), now)?.deliveredAt).toBe(now);
  });

  test('only by a tracker of a shipment with the status delivered', () => {
    expect(deliveryIn(event({ status: 'out_for_delivery' }), now)).toBeUndefined();
    expect(deliveryIn(event({ object: 'Shipment' }), now)).toBeUndefined();
    for (const shipment_id of [undefined, '', 'trk_1', 'shp_1/../trk_1', 'shp_ 1']) {
      expect(deliveryIn(event({ shipment_id }), now)).toBeUndefined();
    }
  });
});
