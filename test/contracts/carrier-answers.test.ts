import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { deriveId, shipmentIdFor } from '../../functions/shared/kernel/ids.ts';
import { easypostGateway } from '../../functions/shipping/adapters/easypost-gateway.ts';
import { readSenders } from '../../functions/shipping/adapters/senders.ts';
import type { CarrierGateway } from '../../functions/shipping/commands/carrier-gateway.ts';
import type { BookingRequest, Offer } from '../../functions/shipping/domain/shipment.ts';
import type { Interference, SentRequest } from '../support/sandbox.ts';
import { openSandbox, sandbox, store } from './sandbox-of-gateways.ts';
import {
  type Answered,
  brokenAnswers,
  changed,
  foreignAnswers,
  otherBody,
  type WrongAnswers,
} from './wrong-answers.ts';

openSandbox();

let gateway: CarrierGateway;
beforeAll(async () => {
  const secret = { read: async () => ({ apiKey: 'EZTK_sandbox', webhookSecret: '' }), forget: () => undefined };
  const settings = { endpoint: sandbox.endpoint, carrierAccount: '', service: '', senderFor: readSenders('', true) };
  gateway = easypostGateway(settings, secret);
});

let orders = 0;
function newBooking(): BookingRequest {
  orders += 1;
  const orderId = deriveId('ord', 'carrier answers', String(orders));
  return {
    ...{ orderId, shipmentId: shipmentIdFor(orderId, 'north'), location: 'north' },
    lines: [{ lineId: '1', sku: 'A', quantity: 1 }],
    weightGrams: 500,
    to: {
      address: { name: 'Ada', line1: 'Ringstr. 7', city: 'Köln', postalCode: '50667', country: 'DE' },
      contact: { email: 'ada@example.com' },
    },
  };
}
const offered = async (request: BookingRequest) => (await gateway.offer(request)) as Offer;

/** The gateway's book of a shipment. */
async function bookOf(id: string) {
  const Key = { pk: { S: `shipment#${id}` }, sk: { S: 'book' } };
  const { Item } = await store.client.send(new GetItemCommand({ TableName: sandbox.table, Key }));
  return unmarshall(Item ?? {});
}

/** A call of the gateway: the request in question, and a use of the gateway that makes it. */
interface Call {
  readonly is: (request: SentRequest) => boolean;
  /** Brings the shipment into the state before the call, and returns the call and the id of the shipment, if it has one. */
  readonly prepared: (request: BookingRequest) => Promise<{ run: () => Promise<unknown>; id?: string }>;
  /** The answer to the call, and the status of the shipment in the books after it. */
  readonly right: (request: BookingRequest) => { readonly answer: object; readonly status?: string };
  /** Wrong answers of this call alone. */
  readonly wrong: WrongAnswers;
}

const other = (fields: Answered) => changed((answer) => ({ ...answer, ...fields }));
const without = (...fields: string[]) =>
  changed((answer) => Object.fromEntries(Object.entries(answer).filter(([name]) => !fields.includes(name))));
const otherRate = (fields: Answered) =>
  changed((answer) => ({ ...answer, selected_rate: { ...(answer.selected_rate as Answered), ...fields } }));

const otherShipments: WrongAnswers = {
  'another object with the same fields': other({ object: 'Order' }),
  'a shipment without an id': without('id'),
  'a shipment without a reference': without('reference'),
  'a shipment that says nothing of a label': without('tracking_code', 'postage_label', 'selected_rate'),
  'a shipment that says nothing of a refund': without('refund_status'),
  'an id alone': changed(({ id, object }) => ({ id, object })),
  'a tracker': otherBody({ object: 'Tracker', id: 'trk_1', status: 'pre_transit', tracking_code: '9400' }),
  'a list of shipments': otherBody({ shipments: [], has_more: false }),
};
const otherId = { 'another shipment': other({ id: `shp_${'1'.repeat(32)}` }) };

const error = (status: number, code: unknown) => ({ status, body: JSON.stringify({ error: { code, message: '' } }) });
/** Errors in the gateway's own format that are no answer to any request of this system. */
const foreignErrors: WrongAnswers = {
  'a refused address with the status 200': error(200, 'ADDRESS.VERIFY.FAILURE'),
  'a refused address with the status 404': error(404, 'ADDRESS.VERIFY.FAILURE'),
  'a refused address with the status 503': error(503, 'ADDRESS.VERIFY.FAILURE'),
  'a sold label with the status 503': error(503, 'SHIPMENT.POSTAGE.EXISTS'),
  'a code that is a sentence': error(422, 'Service is unavailable'),
  'a code that is a number': error(404, 404),
  'a code of no known kind': error(422, 'UNHEARD.OF'),
  'a request that is not understood': error(400, 'BAD_REQUEST'),
  'an account without funds': error(402, 'PAYMENT_REQUIRED'),
};

const labelOf = (id: unknown) => ({
  ...{ carrier: 'SandboxPost', service: 'Economy', carrierShipmentId: id },
  trackingCode: expect.stringMatching(/^9400/),
});

const isShipment = /^\/v2\/shipments\/shp_[0-9a-f]+$/;

const calls: Readonly<Record<string, Call>> = {
  'a request for an offer': {
    is: ({ path }) => path === '/v2/shipments',
    prepared: async (request) => ({ run: () => gateway.offer(request) }),
    right: () => ({ answer: { carrierShipmentId: expect.stringMatching(/^shp_/), rateId: expect.any(String) } }),
    wrong: {
      ...otherShipments,
      'a shipment of another order': other({ reference: 'ord_other-shp_other' }),
      'rates without a currency': changed(({ rates, ...answer }) => ({
        ...answer,
        rates: (rates as Answered[]).map(({ currency: _left, ...rate }) => rate),
      })),
    },
  },
  'a purchase': {
    is: ({ path }) => path.endsWith('/buy'),
    prepared: async (request) => {
      const offer = await offered(request);
      return { run: () => gateway.buy(offer), id: offer.carrierShipmentId };
    },
    right: () => ({ answer: labelOf(expect.stringMatching(/^shp_/)), status: 'bought' }),
    wrong: {
      ...otherShipments,
      ...otherId,
      'a shipment that is not bought': other({ tracking_code: null, postage_label: null, selected_rate: null }),
      'a label without a tracking code': other({ tracking_code: null }),
      'a tracking code without a label': other({ postage_label: null }),
      'a label at another price': otherRate({ rate: '99.90' }),
      'a label in another currency': otherRate({ currency: 'JPY' }),
      'a label of another service': otherRate({ service: 'Overnight' }),
      'a label of another carrier': otherRate({ carrier: 'OtherPost' }),
    },
  },
  'a look at a shipment that was bought before': {
    is: ({ method, path }) => method === 'GET' && isShipment.test(path),
    prepared: async (request) => {
      const offer = await offered(request);
      await gateway.buy(offer);
      return { run: () => gateway.buy(offer), id: offer.carrierShipmentId };
    },
    right: () => ({ answer: labelOf(expect.stringMatching(/^shp_/)), status: 'bought' }),
    wrong: {
      ...otherShipments,
      ...otherId,
      'a shipment that is not bought': other({ tracking_code: null, postage_label: null, selected_rate: null }),
      'a label at another price': otherRate({ rate: '99.90' }),
    },
  },
  'a refund': {
    is: ({ path }) => path.endsWith('/refund'),
    prepared: bought,
    right: ({ shipmentId }) => ({
      answer: { cancelled: expect.objectContaining({ shipmentId, trackingCode: expect.stringMatching(/^9400/) }) },
      status: 'refunded',
    }),
    wrong: {
      ...otherShipments,
      ...otherId,
      'a shipment that is not refunded': other({ refund_status: null }),
      'a shipment whose refund is rejected': other({ refund_status: 'rejected' }),
      'a refund with a status that does not exist': other({ refund_status: 'unheard_of' }),
      'a refund of no label': other({ tracking_code: null, postage_label: null, selected_rate: null }),
    },
  },
  'a look at a shipment that cannot be refunded': {
    is: ({ method, path }) => method === 'GET' && isShipment.test(path),
    prepared: async (request) => {
      const made = await bought(request);
      await made.run();
      return made;
    },
    right: ({ shipmentId }) => ({
      answer: { cancelled: expect.objectContaining({ shipmentId }) },
      status: 'refunded',
    }),
    wrong: { ...otherShipments, ...otherId },
  },
  'a look at whose shipment it is': {
    is: ({ method, path }) => method === 'GET' && isShipment.test(path),
    prepared: async (request) => {
      const { carrierShipmentId } = await offered(request);
      return { run: () => gateway.identify(carrierShipmentId), id: carrierShipmentId };
    },
    right: ({ orderId, shipmentId }) => ({ answer: { orderId, shipmentId }, status: 'created' }),
    wrong: {
      'another object with the same fields': other({ object: 'Order' }),
      'a shipment without an id': without('id'),
      'a shipment without a reference': without('reference'),
      ...otherId,
    },
  },
};

async function bought(request: BookingRequest) {
  const offer = await offered(request);
  await gateway.buy(offer);
  const { carrierShipmentId } = offer;
  return { run: () => gateway.cancel({ shipmentId: request.shipmentId, carrierShipmentId }), id: carrierShipmentId };
}

/** A fault is an error of the name that sagas repeat, or of no name that sagas know. A refusal is returned. */
const outcomeOf = (call: Promise<unknown>) =>
  call.then(
    (answer) => answer,
    (fault: Error) => (fault.name === 'TransientFault' || fault.name === 'Error' ? 'a fault' : fault.name),
  );

describe.each(Object.entries(calls))('a wrong answer to %s', (_, { is, prepared, right, wrong }) => {
  const answers = Object.entries({ ...foreignAnswers, ...brokenAnswers, ...foreignErrors, ...wrong });

  test.each(answers)('is neither a success nor a refusal: %s', async (_name, interference: Interference) => {
    const request = newBooking();
    const { run, id } = await prepared(request);
    sandbox.interfere = (sent) => (is(sent) ? interference : undefined);
    expect(await outcomeOf(run())).toBe('a fault');
    sandbox.interfere = () => undefined;
    const { answer, status } = right(request);
    expect(await run()).toMatchObject(answer);
    if (id !== undefined) expect(await bookOf(id)).toMatchObject({ status });
  });
});

test("'Service Unavailable' is an outcome that may be asked for again, whatever its status is", async () => {
  for (const [name, { is, prepared }] of Object.entries(calls)) {
    for (const status of [200, 429, 503]) {
      const { run } = await prepared(newBooking());
      sandbox.interfere = (request) =>
        is(request) ? { status, body: '{"message":"Service Unavailable"}' } : undefined;
      await expect(run(), `${name}, ${status}`).rejects.toMatchObject({ name: 'TransientFault' });
      sandbox.interfere = () => undefined;
    }
  }
});
