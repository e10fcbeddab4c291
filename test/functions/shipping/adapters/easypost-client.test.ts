import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SecretStore } from '../../../../functions/shared/secret-store.ts';
import { easypostGateway } from '../../../../functions/shipping/adapters/easypost-gateway.ts';
import { readSenders } from '../../../../functions/shipping/adapters/senders.ts';
import type { CarrierGateway } from '../../../../functions/shipping/commands/carrier-gateway.ts';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** A gateway of one server, which answers as the test says. */
let server: Server;
let gateway: CarrierGateway;
let respond: Respond;
/** `GET /v2/shipments/shp_1`, one entry for each request. */
let requests: string[];
let connections: number;

const secret: SecretStore = { read: async () => ({ apiKey: 'EZTK_test', webhookSecret: '' }), forget: () => undefined };
const offer = { carrierShipmentId: 'shp_1', rateId: 'rate_1' };
const reference = 'ord_00000000000000000000000000-shp_00000000000000000000000000';
const rate = { id: 'rate_1', carrier: 'SandboxPost', service: 'Economy', rate: '5.10', currency: 'USD' };
const shipment = JSON.stringify({
  object: 'Shipment',
  id: 'shp_1',
  reference,
  tracking_code: '9400',
  postage_label: { label_url: 'http://labels.test/1.pdf' },
  selected_rate: rate,
  rates: [rate],
  refund_status: null,
});
const json = { 'content-type': 'application/json' };
const ok: Respond = (_, response) => response.writeHead(200, json).end(shipment);

beforeEach(async () => {
  respond = ok;
  requests = [];
  connections = 0;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    request.once('end', () => respond(request, response));
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const senderFor = readSenders('', true);
  gateway = easypostGateway({ endpoint, carrierAccount: '', service: '', senderFor }, secret);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const unknownOutcome = (message: string | RegExp) =>
  expect.objectContaining({ name: 'TransientFault', message: expect.stringMatching(message) });
const faultOf = (call: Promise<unknown>) =>
  call.then(
    (answer) => {
      throw new Error(`answered with ${JSON.stringify(answer)}`);
    },
    (fault: unknown) => fault,
  );
const methods = {
  identify: () => gateway.identify('shp_1'),
  buy: () => gateway.buy(offer),
  cancel: () => gateway.cancel({ shipmentId: 'shp_ours', carrierShipmentId: 'shp_1' }),
};

describe('a gateway that stops sending', () => {
  const silent: Respond = () => undefined;
  const halfway: Respond = (_, response) => response.writeHead(200, json).write(shipment.slice(0, 20));

  test.each([
    ['before its answer to a GET', 'identify', 5_000, silent],
    ['in the middle of its answer to a GET', 'identify', 5_000, halfway],
    ['before its answer to a purchase', 'buy', 18_000, silent],
    ['in the middle of its answer to a purchase', 'buy', 18_000, halfway],
    ['before its answer to a refund', 'cancel', 18_000, silent],
  ] as const)('%s is given up on, and the request is not repeated', async (_, method, timeoutMs, behavior) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const received = new Promise<void>((resolve) => {
      respond = (...exchange) => {
        behavior(...exchange);
        resolve();
      };
    });
    let fault: unknown;
    const call = faultOf(methods[method]()).then((thrown) => {
      fault = thrown;
    });
    await received;
    await vi.advanceTimersByTimeAsync(timeoutMs - 1);
    expect(fault).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(fault).toEqual(unknownOutcome('ECONNABORTED'));
    expect(requests).toHaveLength(1);
  });
});

describe('a connection', () => {
  test('is kept for the next requests', async () => {
    await gateway.buy(offer);
    await gateway.identify('shp_1');
    await gateway.buy(offer);
    expect([requests.length, connections]).toEqual([3, 1]);
  });

  /** Cuts connections as soon as they have carried so many requests. */
  function cutAfter(answered: number): void {
    const carried = new WeakMap<object, number>();
    respond = (request, response) => {
      const count = (carried.get(request.socket) ?? 0) + 1;
      carried.set(request.socket, count);
      if (count > answered) request.socket.resetAndDestroy();
      else ok(request, response);
    };
  }

  test('that was closed while it was kept is replaced for a GET', async () => {
    cutAfter(1);
    await gateway.buy(offer);
    expect(await gateway.identify('shp_1')).toMatchObject({ orderId: reference.split('-')[0] });
    expect(requests.filter((request) => request.startsWith('GET'))).toHaveLength(2);
    expect(connections).toBe(2);
  });

  test('that is cut again and again fails a GET after one repetition', async () => {
    cutAfter(0);
    expect(await faultOf(gateway.identify('shp_1'))).toEqual(unknownOutcome('ECONNRESET'));
    expect(requests).toHaveLength(2);
  });

  test.each(['buy', 'cancel'] as const)('that was closed while it was kept does not repeat %s', async (method) => {
    cutAfter(1);
    await gateway.buy(offer);
    requests.length = 0;
    expect(await faultOf(methods[method]())).toEqual(unknownOutcome('ECONNRESET'));
    expect(requests).toHaveLength(1);
  });

  test('that is refused leaves the outcome unknown', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await faultOf(gateway.buy(offer))).toEqual(unknownOutcome('ECONNREFUSED'));
  });
});

describe('an answer outside 2xx', () => {
  test.each([301, 302, 303, 307, 308])('that redirects (%i) is not followed', async (status) => {
    respond = (_, response) => response.writeHead(status, { location: '/v2/elsewhere' }).end();
    for (const method of ['identify', 'buy'] as const) {
      expect(await faultOf(methods[method]())).toMatchObject({
        name: 'TransientFault',
        message: `carrier gateway: foreign answer (${status})`,
      });
    }
    expect(requests).toEqual(['GET /v2/shipments/shp_1', 'POST /v2/shipments/shp_1/buy']);
  });

  const shapes: readonly (readonly [string, string, string])[] = [
    ['a page', 'text/html', '<html>Bad Gateway</html>'],
    ['a page that is called JSON', 'application/json', '<html>Bad Gateway</html>'],
    ['nothing', 'application/json', ''],
    ['JSON without an error', 'application/json', '{"message":"Not Found"}'],
    ['an error that is a text', 'application/json', '{"error":"bad gateway"}'],
    ['an error that is null', 'application/json', '{"error":null}'],
    ['a number', 'application/json', '7'],
    ['a list', 'application/json', '[]'],
    ['several parts', 'multipart/mixed; boundary=x', '--x\r\n\r\nbroken'],
    ['bytes', 'application/octet-stream', '\u0000\u0001'],
  ];
  test.each(shapes)("that is not the gateway's own, %s, is a fault and never a refusal", async (_, type, body) => {
    for (const status of [400, 403, 404, 422, 429, 500, 502, 503, 504]) {
      respond = (_request, response) => response.writeHead(status, { 'content-type': type }).end(body);
      const fault = { name: 'TransientFault', message: `carrier gateway: foreign answer (${status})` };
      for (const method of Object.values(methods)) expect(await faultOf(method())).toMatchObject(fault);
    }
  });

  test.each([
    ['no message', '{"error":{"code":"X"}}', 'X'],
    ['a message that is null', '{"error":{"code":"X","message":null}}', 'X'],
    ['a message that is a list', '{"error":{"code":"X","message":[{"a":null}]}}', 'X'],
    ['a code that is a number', '{"error":{"code":7,"message":"busy"}}', 'foreign answer'],
    ['no code', '{"error":{"message":"busy"}}', 'foreign answer'],
  ])('of the gateway with %s is a fault of its status', async (_, body, code) => {
    respond = (_request, response) => response.writeHead(503, json).end(body);
    expect(await faultOf(gateway.buy(offer))).toEqual(
      unknownOutcome(`^carrier gateway: ${code} \\(503\\)$`.replace('$', '')),
    );
  });
});

describe('a 2xx answer', () => {
  test.each([
    ['a page', 'text/html', '<html>Sign in</html>'],
    ['a page that is called JSON', 'application/json', '<html>Sign in</html>'],
    ['nothing', 'application/json', ''],
    ['a part of a shipment', 'application/json', shipment.slice(0, -1)],
    ['null', 'application/json', 'null'],
    ['a text', 'application/json', '"shp_1"'],
    ['a list', 'application/json', `[${shipment}]`],
    ['another object', 'application/json', '{"message":"hello"}'],
    ['several parts', 'multipart/mixed; boundary=x', '--x\r\n\r\nbroken'],
  ])('that is %s leaves the outcome unknown', async (_, type, body) => {
    respond = (_request, response) => response.writeHead(200, { 'content-type': type }).end(body);
    for (const method of Object.values(methods)) expect(await faultOf(method())).toEqual(unknownOutcome('answer'));
  });

  test('without a body leaves the outcome unknown', async () => {
    respond = (_, response) => response.writeHead(204).end();
    expect(await faultOf(gateway.buy(offer))).toEqual(unknownOutcome('204'));
  });

  const compressed = gzipSync(shipment);
  const gzip = { ...json, 'content-encoding': 'gzip' };

  test('may be compressed', async () => {
    respond = (_, response) => response.writeHead(200, gzip).end(compressed);
    expect(await gateway.buy(offer)).toMatchObject({ trackingCode: '9400' });
  });

  test.each<[string, Respond]>([
    [
      'is cut off',
      (_, response) => void response.writeHead(200, json).write(shipment.slice(0, 20), () => response.destroy()),
    ],
    [
      'ends before its length',
      (_, response) =>
        void response
          .writeHead(200, { ...json, 'content-length': 999, connection: 'close' })
          .write(shipment, () => response.socket?.end()),
    ],
    [
      'is compressed and cut off',
      (_, response) => void response.writeHead(200, gzip).write(compressed.subarray(0, 40), () => response.destroy()),
    ],
    ['is compressed and incomplete', (_, response) => response.writeHead(200, gzip).end(compressed.subarray(0, 40))],
    ['is called compressed and is not', (_, response) => response.writeHead(200, gzip).end(shipment)],
    ['is no HTTP', (request) => void request.socket.end('hello')],
  ])('that %s leaves the outcome unknown', async (_, behavior) => {
    respond = behavior;
    for (const method of Object.values(methods)) expect(await faultOf(method())).toEqual(unknownOutcome('answer'));
  });
});
