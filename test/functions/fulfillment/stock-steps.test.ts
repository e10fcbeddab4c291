import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { orderSagaState } from '../../../functions/fulfillment/domain/saga-state.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import { orderViewWriter } from '../../../functions/orders/adapters/dynamodb-order-views.ts';
import { orderView } from '../../../functions/orders/domain/order-view.ts';
import { addSeconds, type Instant, systemClock } from '../../../functions/shared/kernel/time.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { fresh, order } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { openStock, type Stock } from '../../support/stock.ts';
import {
  caught,
  commitsOf,
  confirmation,
  event,
  lines,
  orderAfter,
  placed,
  sagaState,
  undoState,
} from '../orders/given.ts';

const holdSeconds = 600;

let store: TestStore;
let stock: Stock;
let steps: {
  reserve: (state: unknown) => Promise<unknown>;
  release: (state: unknown) => Promise<unknown>;
  commit: (state: unknown) => Promise<unknown>;
  expire: () => Promise<void>;
};

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
  process.env.ORDER_VIEWS_TABLE = await store.createTable(layouts.orderViews);
  process.env.ORDERS_TABLE = await store.createTable(layouts.orders);
  process.env.HOLD_SECONDS = String(holdSeconds);
  const [reserve, release, commit, expire] = await Promise.all([
    import('../../../functions/fulfillment/reserve-stock.ts'),
    import('../../../functions/fulfillment/release-stock.ts'),
    import('../../../functions/fulfillment/commit-stock.ts'),
    import('../../../functions/fulfillment/expire-holds.ts'),
  ]);
  steps = {
    reserve: (state) => reserve.handler(state, {}),
    release: (state) => release.handler(state, {}),
    commit: (state) => commit.handler(state, {}),
    expire: () => expire.handler(),
  };
  stock = openStock(process.env.INVENTORY_TABLE, { client: store.client });
  for (const { sku } of lines) {
    await stock.receive({ receiptId: fresh('receipt'), sku, location: 'berlin', quantity: 1_000 }, systemClock());
  }
});

afterAll(() => store.stop());

let orderId: string;

/** A newly placed order that is in the log. */
beforeEach(async () => {
  orderId = fresh('order');
  const log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
  for (const commit of commitsOf(placed)) await log.append({ ...commit, orderId });
});

const wanted = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
const refusedStep = undoState({ failure: caught('PAYMENT_DECLINED', 'The card was declined.') });
const reserved = async () => (await stock.levels('MUG'))?.reserved ?? 0;

describe('the step ReserveStock', () => {
  it('returns the locations and the expiry of the reservation', async () => {
    const before = Date.now();
    const held = (await steps.reserve(sagaState({ orderId }))) as { expiresAt: string };
    expect(held).toMatchObject({ allocations: [{ location: 'berlin', lines: wanted }] });
    expect(orderSagaState.parse(sagaState({ orderId, stock: held as never })).stock).toEqual(held);
    expect(held).toMatchObject({ sourcing: { chosen: ['berlin'], rule: 'only_choice' } });
    const heldMs = Date.parse(held.expiresAt) - holdSeconds * 1_000;
    expect(heldMs).toBeGreaterThanOrEqual(before);
    expect(heldMs).toBeLessThanOrEqual(Date.now());
  });

  it('returns the same when it runs again', async () => {
    const first = await steps.reserve(sagaState({ orderId }));
    const units = await reserved();
    expect(await steps.reserve(sagaState({ orderId }))).toEqual(first);
    expect(await reserved()).toBe(units);
  });

  it('fails with the name OUT_OF_STOCK, which no Retry lists, and names the SKU', async () => {
    const state = sagaState({ orderId });
    const greedy = { ...state, order: { ...state.order, lines: [{ ...lines[0], quantity: 9_999 }] } };
    await expect(steps.reserve(greedy)).rejects.toMatchObject({
      name: 'OUT_OF_STOCK',
      message: expect.stringMatching(/^MUG: 9999 wanted, \d+ available$/),
    });
  });
});

describe('contention at a SKU that was not prepared', () => {
  /** Makes the store refuse the first transactions because other requests are writing the shard. */
  function conflicting(times: number) {
    const send = store.client.send.bind(store.client) as (command: object) => Promise<unknown>;
    let left = times;
    store.client.send = ((command: object) => {
      const isHold =
        command instanceof TransactWriteItemsCommand && command.input.TransactItems?.[0]?.Put !== undefined;
      if (!isHold || left === 0) return send(command);
      left -= 1;
      const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }];
      throw new TransactionCanceledException({ message: 'conflict', $metadata: {}, CancellationReasons });
    }) as typeof store.client.send;
    return { left: () => left, end: () => Object.assign(store.client, { send }) };
  }

  it('adds shards to it, and the order is held', async () => {
    const sku = fresh('SKU');
    await stock.receive({ receiptId: fresh('receipt'), sku, location: 'berlin', quantity: 1_000 }, systemClock());
    const state = sagaState({ orderId });
    const conflicts = conflicting(3);
    try {
      const wish = { ...state, order: { ...state.order, lines: [{ ...lines[0], sku, quantity: 1 }] } };
      expect(await steps.reserve(wish)).toMatchObject({ allocations: [{ location: 'berlin' }] });
    } finally {
      conflicts.end();
    }
    expect(conflicts.left()).toBe(0);
    expect((await stock.planOf(sku))?.plan).toMatchObject({ path: 'J', locations: [{ shards: 4 }] });
    expect(await stock.levels(sku)).toMatchObject({ available: 999, reserved: 1 });
  });
});

describe('the step ReleaseStock', () => {
  it('releases the stock once the failure is on record', async () => {
    const before = await reserved();
    await steps.reserve(sagaState({ orderId }));
    const released = { released: [{ location: 'berlin', lines: wanted }] };
    expect(await steps.release({ ...refusedStep, orderId })).toEqual(released);
    expect(await steps.release({ ...refusedStep, orderId })).toEqual(released);
    expect(await reserved()).toBe(before);
  });

  it('releases nothing where nothing was reserved, and prevents a late reservation', async () => {
    expect(await steps.release({ ...refusedStep, orderId })).toEqual({ released: [] });
    await expect(steps.reserve(sagaState({ orderId }))).rejects.toMatchObject({ name: 'RESERVATION_CLOSED' });
  });

  it('does not change an order that may not be undone', async () => {
    await steps.reserve(sagaState({ orderId }));
    const before = await reserved();
    const log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE ?? '');
    const [, confirmation] = commitsOf(placed, [{ type: 'OrderConfirmed', version: 1, data: {} }]);
    if (confirmation !== undefined) await log.append({ ...confirmation, orderId });
    expect(await steps.release({ ...refusedStep, orderId })).toEqual({ released: [] });
    expect(await reserved()).toBe(before);
  });
});

describe('the step CommitStock', () => {
  const dispatch = () => ({
    orderId,
    version: 5,
    correlationId: 'corr-1',
    traceparent: '',
    shipmentId: `${orderId}-berlin`,
    location: 'berlin',
    lines: wanted,
    paymentId: 'pi_1',
    amountMinor: 100,
    currency: 'EUR',
    finalCapture: true,
  });

  it('books the shipment out once', async () => {
    await steps.reserve(sagaState({ orderId }));
    await stock.confirm(orderId, systemClock());
    const before = await stock.levels('MUG');
    expect(await steps.commit(dispatch())).toEqual({});
    expect(await steps.commit(dispatch())).toEqual({});
    const after = await stock.levels('MUG');
    expect(after?.onHand).toBe((before?.onHand ?? 0) - 2);
  });

  it('faults when the stock was never confirmed', async () => {
    await steps.reserve(sagaState({ orderId }));
    await expect(steps.commit(dispatch())).rejects.toThrow('the stock is HELD');
  });
});

describe('the function ExpireHolds', () => {
  /** The order as lists show it, with its age in seconds. */
  async function listed(id: string, secondsAgo: number, ...then: readonly OrderEvent[]): Promise<void> {
    const placedAt = addSeconds(systemClock(), -secondsAgo);
    const view = orderView(then.length === 0 ? orderAfter() : orderAfter(then));
    await orderViewWriter(process.env.ORDER_VIEWS_TABLE ?? '')({ ...view, orderId: id, placedAt });
  }
  const parked = event('OrderHeld', { reason: 'compensation_failed', detail: 'ReleaseStock' });

  it('releases the expired holds of orders that were never confirmed, and logs the number', async () => {
    const log = vi.spyOn(logger, 'info').mockImplementation(() => undefined);
    const past = '2026-01-01T00:00:00.000Z' as Instant;
    const [forgotten, held, confirmed] = [fresh('order'), fresh('order'), fresh('order')];
    for (const id of [forgotten, held, confirmed])
      await stock.reserve({ ...order({ MUG: 3 }, id), expiresAt: past }, past);
    const before = await reserved();
    await listed(forgotten, holdSeconds + 1);
    await listed(held, holdSeconds + 1, parked);
    await listed(confirmed, holdSeconds + 1, ...confirmation());
    await listed(orderId, holdSeconds + 1);
    const running = await steps.reserve(sagaState({ orderId }));
    const runningUnits = (await reserved()) - before;
    await steps.expire();
    expect(await reserved()).toBe(before - 6 + runningUnits);
    for (const id of [forgotten, held]) expect(log).toHaveBeenCalledWith('hold expired', { orderId: id });
    expect(log).toHaveBeenCalledWith('expired holds released', { foundCount: 3, doneCount: 2, failedCount: 0 });
    log.mockRestore();
    expect(await steps.reserve(sagaState({ orderId }))).toEqual(running);
  });

  it('does not read orders whose hold cannot have expired yet', async () => {
    const log = vi.spyOn(logger, 'info').mockImplementation(() => undefined);
    await steps.expire();
    const [[, before] = []] = log.mock.calls.filter(([message]) => message === 'expired holds released');
    await listed(fresh('order'), holdSeconds - 60);
    await steps.expire();
    expect(log).toHaveBeenLastCalledWith('expired holds released', before);
    log.mockRestore();
  });
});
