import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreClient } from '../../local/dynamodb/store-client.ts';
import { type Death, startMortalServer } from '../support/mortal-server.ts';

/** More than the runner's tries of one request. */
const CONNECTIONS = 5;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const send = (client: StoreClient) => client.send('DynamoDB_20120810.PutItem', '{}');
const atOnce = (client: StoreClient) => Promise.all(Array.from({ length: CONNECTIONS }, () => send(client)));

describe('connections that the store has ended are not used again', () => {
  // Whatever happens to the thread: it computes for a while, or the machine is suspended.
  test.each<Death>(['closed', 'reset', 'dropped'])('%s while the runner did not run', async (death) => {
    const server = await startMortalServer();
    const client = new StoreClient(server.url);
    ends.push(() => client.close(), server.close);
    await atOnce(client);
    await server.seen();
    server.freeze(death, 1_100);
    for (let count = 0; count < CONNECTIONS; count++) expect(await send(client)).toEqual({ status: 200, body: '{}' });
    // Each was sent once, over one new connection.
    expect(await server.seen()).toMatchObject({ requests: { length: CONNECTIONS }, connections: 1 });
  });

  test.each(['with', 'without'])('by a store with a short idle time, %s saying so', async (how) => {
    const server: Server = createServer({ keepAliveTimeout: 150 }, (request, response) => {
      if (how === 'without') response.setHeader('connection', 'keep-alive');
      request.resume().on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new StoreClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    ends.push(
      () => client.close(),
      () => server.close(),
    );
    for (const pauseMs of [300, 600, 1_500]) {
      await atOnce(client);
      await sleep(pauseMs);
      for (let count = 0; count < CONNECTIONS; count++) expect((await send(client)).status).toBe(200);
    }
  });
});

test('a connection is used again for the next request', async () => {
  const server = await startMortalServer();
  const client = new StoreClient(server.url);
  ends.push(() => client.close(), server.close);
  for (let count = 0; count < 20; count++) await send(client);
  expect(await server.seen()).toMatchObject({ connections: 1 });
});
