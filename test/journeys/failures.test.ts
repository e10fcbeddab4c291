import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { localClients } from '../../scripts/failures/clients.ts';
import { type Deployment, findDeployment } from '../../scripts/failures/deployment.ts';
import type { Failure } from '../../scripts/failures/failure.ts';
import { discardFailures, listFailures, type Outcome, resendFailures } from '../../scripts/failures/work-off.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { type Outsider, outsiderOf } from './outsider.ts';

// What `npm run failures` does: the failures of a running system are listed, their cause is removed, and they are sent back.
let local: Local;
let shop: Shop;
let outsider: Outsider;
let deployment: Deployment;

/** Fast enough for a test. */
const ratePerSecond = 100;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.001, logLevel: 'SILENT', schedules: false });
  shop = new Shop(local);
  outsider = outsiderOf(local);
  deployment = await findDeployment(localClients(local.awsUrl), { stage: 'dev', cell: 'a' });
  await shop.sell('ACORN', { stock: { BER: 1_000 } });
});

beforeEach(() => {
  local.faults.clear();
  local.invokeFaults.clear();
});

afterAll(() => local?.stop());

async function all(outcomes: AsyncGenerator<Outcome>): Promise<Outcome[]> {
  const found: Outcome[] = [];
  for await (const outcome of outcomes) found.push(outcome);
  return found;
}

const resend = (failures: readonly Failure[]) => all(resendFailures(failures, deployment, ratePerSecond));
const place = async () => (await shop.place('alice', orderOf('ACORN'))).body.orderId;

test('every capability with consumers has a failure queue', () => {
  expect([...deployment.failureQueues.keys()].sort()).toEqual(['fulfillment', 'inventory', 'orders']);
});

describe('an event that its consumer has failed on', () => {
  test('is listed with consumer and order, and ends its order once it is sent back', async () => {
    local.invokeFaults.add({ kind: 'fail', function: 'StartOrderSaga', times: Number.POSITIVE_INFINITY });
    const orderId = await place();
    await local.settled();
    const failures = await listFailures(deployment);
    expect(failures).toMatchObject([
      {
        ...{ kind: 'message_not_consumed', capability: 'fulfillment', consumer: 'start-order-saga', about: orderId },
        reason: { code: 'not_consumed' },
      },
    ]);
    expect(await shop.order(orderId)).toMatchObject({ status: 'placed' });
    // A list hides nothing from the next one.
    expect(await listFailures(deployment)).toEqual(failures);

    local.invokeFaults.clear();
    expect(await resend(failures)).toMatchObject([{ done: true }]);
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed' });
    expect(await listFailures(deployment)).toEqual([]);
  });

  test('comes back with its reason as long as the cause is there, and is then discarded', async () => {
    const poison = { detail: { type: 'OrderPlaced', version: 99, orderId: 'ord_7', data: {} } };
    await outsider.send('-order-saga-queue', JSON.stringify(poison));
    await local.settled();
    const [first] = await listFailures(deployment);
    expect(first).toMatchObject({ about: 'ord_7', reason: { code: 'unknown_event_version' } });
    expect(await resend(first ? [first] : [])).toMatchObject([{ done: true }]);
    await local.settled();
    const again = await listFailures(deployment);
    expect(again).toMatchObject([{ about: 'ord_7', reason: { code: 'unknown_event_version' } }]);
    expect(again[0]?.id).not.toBe(first?.id);
    // A run that is interrupted after sending finds nothing to do, and says so.
    expect(await resend(first ? [first] : [])).toMatchObject([
      { done: false, detail: expect.stringMatching(/not in the queue/) },
    ]);
    expect(await all(discardFailures(again, deployment))).toMatchObject([{ done: true }]);
    expect(await listFailures(deployment)).toEqual([]);
  });

  test('has no second effect when it is sent back twice', async () => {
    local.invokeFaults.add({ kind: 'fail', function: 'StartOrderSaga', times: Number.POSITIVE_INFINITY });
    const orderId = await place();
    await local.settled();
    local.invokeFaults.clear();
    const [failure] = await listFailures(deployment);
    const body = failure?.kind === 'message_not_consumed' ? failure.body : '';
    // As if an earlier run had ended between sending and removing.
    await outsider.send('-order-saga-queue', body);
    expect(await resend(failure ? [failure] : [])).toMatchObject([{ done: true }]);
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed' });
    expect((await shop.books(orderId)).payments).toHaveLength(1);
    expect(local.executions().filter(({ input }) => JSON.stringify(input).includes(orderId))).toHaveLength(1);
  });
});

describe('an item of a stream that its consumer could not handle', () => {
  test('is listed by its key, and is given to the consumer as the table has it now', async () => {
    const orderId = await place();
    await local.settled();
    const commit = { orderId, version: 99, events: 'no JSON', actor: 'x', committedAt: '2026-01-01T00:00:00.000Z' };
    await outsider.put('Orders', { ...commit, correlationId: 'c', causationId: 'c', traceparent: '' });
    await local.settled();
    const failures = await listFailures(deployment);
    expect(failures).toHaveLength(2);
    for (const consumer of ['publish-events', 'project-order']) {
      expect(failures).toContainEqual(
        expect.objectContaining({ kind: 'stream_item', capability: 'orders', consumer, about: `${orderId} 99` }),
      );
    }
    expect(failures[0]?.reason.code).toBe('malformed');

    // The cause is still there: each is accepted, and comes back as a new failure.
    expect(await resend(failures)).toMatchObject([{ done: true }, { done: true }]);
    const again = await listFailures(deployment);
    expect(again).toHaveLength(2);
    expect(again.map(({ id }) => id)).not.toContain(failures[0]?.id);

    await outsider.remove('Orders', { orderId, version: 99 });
    const outcomes = await resend(again);
    expect(outcomes.map(({ done, detail }) => [done, detail])).toEqual([
      [false, expect.stringMatching(/does not have the item any more/)],
      [false, expect.stringMatching(/does not have the item any more/)],
    ]);
    await all(discardFailures(again, deployment));
    expect(await listFailures(deployment)).toEqual([]);
  });
});

describe('an item that was corrected', () => {
  test('has its effect when its failure is sent back', async () => {
    const record = {
      pk: 'C#receipt#found',
      kind: 'receipt',
      sku: 'ACORN',
      location: 'BER',
      at: '2026-01-01T00:00:00.000Z',
    };
    await outsider.put('Inventory', { ...record, quantity: -1 });
    await local.settled();
    const failures = await listFailures(deployment);
    expect(failures).toMatchObject([
      {
        ...{ kind: 'stream_item', capability: 'inventory', consumer: 'announce-stock', about: 'C#receipt#found' },
        reason: { code: 'malformed' },
      },
    ]);
    await outsider.put('Inventory', { ...record, quantity: 1 });
    await local.settled();
    local.resetMeter();
    expect(await resend(failures)).toMatchObject([{ done: true }]);
    // The event of the receipt as it is now.
    expect(local.meter().events).toBe(1);
    expect(await listFailures(deployment)).toEqual([]);
  });
});

describe('a batch that Lambda has discarded', () => {
  test('is read from the stream again, and ends its order', async () => {
    local.invokeFaults.add({ kind: 'fail', function: 'PublishEvents', times: Number.POSITIVE_INFINITY });
    const orderId = await place();
    await local.settled();
    const failures = await listFailures(deployment);
    expect(failures).toMatchObject([
      {
        ...{ kind: 'stream_batch', capability: 'orders', consumer: 'publish-events' },
        reason: { code: 'retries_exhausted' },
      },
    ]);
    const faulty = await resend(failures);
    expect(faulty).toMatchObject([{ done: false, detail: expect.stringMatching(/failed: injected/) }]);
    expect(await listFailures(deployment)).toHaveLength(1);

    local.invokeFaults.clear();
    expect(await resend(failures)).toMatchObject([{ done: true }]);
    await local.settled();
    expect(await shop.order(orderId)).toMatchObject({ status: 'confirmed' });
    expect(await listFailures(deployment)).toEqual([]);
  });
});
