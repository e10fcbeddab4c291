import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../../../events/catalog.ts';
import { undoFence } from '../../../../functions/fulfillment/commands/undo-fence.ts';
import { dynamoOrderLog } from '../../../../functions/orders/adapters/dynamodb-order-log.ts';
import { type OrderCommands, orderCommands } from '../../../../functions/orders/commands/order-commands.ts';
import type { OrderLog } from '../../../../functions/orders/commands/order-log.ts';
import { requestCancellation } from '../../../../functions/orders/domain/decide-cancellation.ts';
import { recordDelivery } from '../../../../functions/orders/domain/decide-delivery.ts';
import { foldOrder } from '../../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../../functions/orders/domain/order.ts';
import { dynamo } from '../../../../functions/shared/aws/clients.ts';
import { deriveId } from '../../../../functions/shared/kernel/ids.ts';
import { refuse } from '../../../../functions/shared/kernel/refusal.ts';
import { layouts, startStore, type TestStore } from '../../../support/dynamodb.ts';
import { pointAwsAt } from '../../../support/environment.ts';
import { type StoreCalls, watchCalls } from '../../../support/store-calls.ts';
import {
  answers,
  berlin,
  cancellationAsked,
  caught,
  commitsOf,
  confirmation,
  event,
  now,
  origin,
  placed,
  undoState,
} from '../given.ts';

let store: TestStore;
let table: string;
let log: OrderLog;
let calls: StoreCalls;
let commands: OrderCommands;
let orderId: string;
let orders = 0;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  table = await store.createTable(layouts.orders);
  log = dynamoOrderLog(dynamo(), table);
  commands = orderCommands(log, () => now);
  calls = watchCalls(dynamo());
});
afterAll(() => store.stop());

beforeEach(async () => {
  orders += 1;
  orderId = deriveId('ord', 'commands', `${orders}`);
  await append(placed);
  calls.reset();
});

/** Commits with another client than the observed one. */
async function append(...decisions: readonly (readonly OrderEvent[])[]): Promise<void> {
  const others = dynamoOrderLog(store.client, table);
  const start = (await others.read(orderId)).length;
  for (const commit of commitsOf(...decisions)) {
    await others.append({ ...commit, orderId, version: start + commit.version });
  }
}

const cancel = (order: Order) => requestCancellation(order, 'customer', now);
const versions = async () => (await log.read(orderId)).map(({ version }) => version);

describe('a command', () => {
  it('is read, decided, and committed once, with its origin', async () => {
    const order = await commands.decide(orderId, origin, cancel);
    expect(calls.sent).toEqual(['Query', 'PutItem']);
    expect(order).toMatchObject({ version: 2, undoing: { cancellationRequested: true } });
    const [, commit] = await log.read(orderId);
    expect(commit).toEqual({ ...origin, orderId, version: 2, committedAt: now, events: [cancellationAsked()] });
  });

  it('returns the order after the commit', async () => {
    expect(await commands.decide(orderId, origin, cancel)).toEqual(foldOrder(await log.read(orderId)));
  });

  it('that changes nothing writes nothing', async () => {
    expect(await commands.decide(orderId, origin, () => [])).toEqual(await commands.load(orderId));
    expect(calls.sent).not.toContain('PutItem');
  });

  it('that is refused writes nothing', async () => {
    const refusal = refuse('ORDER_NOT_CANCELLABLE', 'No.');
    expect(await commands.decide(orderId, origin, () => refusal)).toEqual(refusal);
    expect(await versions()).toEqual([1]);
  });

  it('for an order that does not exist is refused', async () => {
    expect(await commands.decide('ord_nobody', origin, cancel)).toMatchObject({ refused: { code: 'NOT_FOUND' } });
  });

  it('saves the read when its caller knows the order', async () => {
    const known = await commands.load(orderId);
    calls.reset();
    await commands.decide(orderId, origin, cancel, known);
    expect(calls.sent).toEqual(['PutItem']);
  });

  it('is decided again on the new order when another commit came first', async () => {
    calls.before(1, () => append([cancellationAsked()]));
    const seen: number[] = [];
    const order = await commands.decide(orderId, origin, (current) => {
      seen.push(current.version);
      return cancel(current);
    });
    expect(seen).toEqual([1, 2]);
    expect(order).toMatchObject({ version: 2 });
    expect(await versions()).toEqual([1, 2]);
  });

  it('is refused when another commit makes it impossible', async () => {
    calls.before(1, () => append([event('OrderRejected', { code: 'OUT_OF_STOCK', detail: 'Sold out.' })]));
    expect(await commands.decide(orderId, origin, cancel)).toMatchObject({
      refused: { code: 'ORDER_NOT_CANCELLABLE' },
    });
  });

  it('ends with a fault that may pass when another commit comes first every time', async () => {
    const hold = event('OrderHeld', { reason: 'review', detail: '' });
    let decisions = 0;
    const attempt = commands.decide(orderId, origin, () => {
      decisions += 1;
      calls.before(0, () => append([hold]));
      return [hold];
    });
    await expect(attempt).rejects.toThrow(expect.objectContaining({ name: 'TransientFault' }));
    expect(decisions).toBe(5);
  });

  it('whose answer is lost took effect, and has no second effect when repeated', async () => {
    calls.loseAnswerTo(1);
    await expect(commands.decide(orderId, origin, cancel)).rejects.toThrow(/lost/);
    calls.reset();
    expect(await commands.decide(orderId, origin, cancel)).toMatchObject({ version: 2 });
    expect(await versions()).toEqual([1, 2]);
  });

  it('that ten callers decide at once on one order takes effect once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => commands.decide(orderId, origin, cancel)));
    expect(outcomes.map((outcome) => 'version' in outcome && outcome.version)).toEqual(Array(10).fill(2));
    expect(await versions()).toEqual([1, 2]);
  });

  it('never leaves a commit that cannot be folded', async () => {
    const attempt = commands.decide(orderId, origin, () => [event('OrderCompleted', {})]);
    await expect(attempt).rejects.toThrow(/cannot happen/);
    expect(await versions()).toEqual([1]);
  });
});

describe('the fence before an undo', () => {
  const failing = () => ({ ...undoState({ failure: caught('OUT_OF_STOCK', 'Sold out.') }), orderId });

  it('permits the undo after the failure is on record', async () => {
    expect(await undoFence(commands)(failing())).toMatchObject({ status: 'placed', version: 2 });
    expect((await log.read(orderId))[1]).toMatchObject({
      actor: 'saga:order',
      causationId: `${orderId}:1`,
      events: [{ type: 'StockReservationFailed', data: { code: 'OUT_OF_STOCK' } }],
    });
  });

  it('permits the next step without another record', async () => {
    const passFence = undoFence(commands);
    await passFence(failing());
    calls.reset();
    expect(await passFence(failing())).toMatchObject({ version: 2 });
    expect(calls.sent).toEqual(['Query']);
  });

  it('does not permit the undo of a confirmed order', async () => {
    await append(confirmation());
    expect(await undoFence(commands)({ ...failing(), ...answers() })).toBeUndefined();
    expect(await versions()).toEqual([1, 2]);
  });

  it('does not permit the undo of an order that is confirmed at the same time', async () => {
    calls.before(1, () => append(confirmation()));
    expect(await undoFence(commands)({ ...failing(), ...answers() })).toBeUndefined();
    expect(await versions()).toEqual([1, 2]);
  });

  it('does not permit the undo of an order that does not exist', async () => {
    expect(await undoFence(commands)({ ...failing(), orderId: 'ord_nobody' })).toBeUndefined();
  });
});

describe('the delivery that a carrier reports', () => {
  it('is recorded in the log', async () => {
    await append(confirmation(), [
      event('ShipmentDispatched', { shipmentId: berlin, carrier: 'DHL', trackingCode: 't' }),
    ]);
    expect(await commands.decide(orderId, origin, (order) => recordDelivery(order, berlin, now))).toMatchObject({
      status: 'completed',
    });
  });

  it('is kept before the dispatch is recorded', async () => {
    await append(confirmation());
    expect(await commands.decide(orderId, origin, (order) => recordDelivery(order, berlin, now))).toMatchObject({
      status: 'confirmed',
      deliveryReports: [{ shipmentId: berlin }],
    });
  });
});
