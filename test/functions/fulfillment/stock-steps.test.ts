import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderSagaState } from '../../../functions/fulfillment/domain/saga-state.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import { systemClock } from '../../../functions/shared/kernel/time.ts';
import { fresh } from '../../contracts/stock-store-contract.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { openStock, type Stock } from '../../support/stock.ts';
import { caught, commitsOf, lines, placed, sagaState, undoState } from '../orders/given.ts';

const holdSeconds = 600;

let store: TestStore;
let stock: Stock;
let steps: {
  reserve: (state: unknown) => Promise<unknown>;
  release: (state: unknown) => Promise<unknown>;
  commit: (state: unknown) => Promise<unknown>;
};

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  process.env.INVENTORY_TABLE = await store.createTable(layouts.inventory);
  process.env.DISCOUNTS_TABLE = await store.createTable(layouts.discounts);
  process.env.ORDERS_TABLE = await store.createTable(layouts.orders);
  process.env.HOLD_SECONDS = String(holdSeconds);
  const [reserve, release, commit] = await Promise.all([
    import('../../../functions/fulfillment/reserve-stock.ts'),
    import('../../../functions/fulfillment/release-stock.ts'),
    import('../../../functions/fulfillment/commit-stock.ts'),
  ]);
  steps = {
    reserve: (state) => reserve.handler(state, {}),
    release: (state) => release.handler(state, {}),
    commit: (state) => commit.handler(state, {}),
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

  it('returns the same hold when it runs again, marked as made before', async () => {
    const first = await steps.reserve(sagaState({ orderId }));
    const units = await reserved();
    expect(await steps.reserve(sagaState({ orderId }))).toEqual({ ...(first as object), heldBefore: true });
    expect(await reserved()).toBe(units);
  });

  it('fails with the name OUT_OF_STOCK, which no Retry lists, and names the SKU, but not how many units there are', async () => {
    const state = sagaState({ orderId });
    const greedy = { ...state, order: { ...state.order, lines: [{ ...lines[0], quantity: 9_999 }] } };
    await expect(steps.reserve(greedy)).rejects.toMatchObject({
      name: 'OUT_OF_STOCK',
      message: 'MUG: 9999 wanted, fewer available',
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
