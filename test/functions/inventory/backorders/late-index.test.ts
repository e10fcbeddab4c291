import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryItems } from '../../../../bench/inventory-simulator/memory-items.ts';
import { type CallHook, memoryStores } from '../../../../bench/inventory-simulator/memory-stores.ts';
import { allocateBackorders, backorderStreamConsumer } from '../../../../functions/inventory/backorders/index.ts';
import { reserveProcess } from '../../../../functions/inventory/reservations/index.ts';
import { isTransient } from '../../../../functions/shared/kernel/faults.ts';
import { toInstant } from '../../../../functions/shared/kernel/time.ts';
import { expiresAt, fresh, now } from '../../../contracts/stock-store-contract.ts';
import { memoryStock } from '../../../support/stock.ts';

let items: MemoryItems;
beforeEach(() => {
  items = new MemoryItems();
});

/** A process to which the index shows no order of `hidden` in its first `looks` queries. */
function process(hidden: readonly string[] = [], looks = 0) {
  let queries = 0;
  const around: CallHook = async (call, _, proceed) => {
    const answer = await proceed();
    if (call !== 'inOrder' || queries++ >= looks) return answer;
    const places = answer as unknown as readonly { readonly orderId: string }[];
    return places.filter(({ orderId }) => !hidden.includes(orderId)) as unknown as typeof answer;
  };
  const pace = { random: () => 0.5, sleep: async () => undefined };
  const stock = memoryStock(
    memoryStores({ items, around }),
    reserveProcess({ pace, nonce: () => fresh('nonce'), nowMs: () => 0 }),
  );
  const consume = backorderStreamConsumer({
    allocate: (sku, joined) => allocateBackorders(sku, expiresAt, stock.functions.allocation, joined),
    resume: async () => undefined,
    moved: async () => undefined,
  });
  /** Delivers these items as the stream has them now. */
  const deliver = (...keys: string[]) =>
    consume(keys.map((pk) => ({ key: { pk }, image: marshall(items.get(pk) ?? { pk }), sequenceNumber: '1' })));
  return { stock, deliver };
}

async function wait(sku: string, quantity: number, placed: number): Promise<string> {
  const orderId = fresh('order');
  const lines = [{ lineId: '1', sku, quantity }];
  const placedAt = toInstant(Date.parse(now) + placed);
  await process().stock.reserve({ orderId, lines, placedAt, expiresAt }, now);
  return orderId;
}

async function accepting(): Promise<string> {
  const sku = fresh('SKU');
  await process().stock.setBackorder(sku, { mode: 'backorder' });
  return sku;
}

const receive = (sku: string, quantity: number) =>
  process().stock.receive({ receiptId: fresh('receipt'), sku, location: 'W1', quantity }, now);
const stateOf = (orderId: string) => items.get(`R#${orderId}`)?.st;

describe('an order that the index shows late', () => {
  it('is filled when the queue seems to be empty', async () => {
    const sku = await accepting();
    const orderId = await wait(sku, 2, 1);
    await receive(sku, 2);
    expect(await process([orderId], 3).deliver(`Q#${sku}`, `W#${orderId}`)).toEqual([]);
    expect(stateOf(orderId)).toBe('HELD');
  });

  it('is filled when a later order is shown that must wait, also in a batch of its own', async () => {
    const sku = await accepting();
    await wait(sku, 6, 2);
    const orderId = await wait(sku, 1, 1);
    await receive(sku, 3);
    await process([orderId], 20).deliver(`Q#${sku}`);
    expect(stateOf(orderId)).toBeUndefined();
    await process([orderId], 3).deliver(`W#${orderId}`);
    expect(stateOf(orderId)).toBe('HELD');
  });

  it('makes the batch come again while the index lacks it, after all others were served', async () => {
    const sku = await accepting();
    const [first, late] = [await wait(sku, 1, 1), await wait(sku, 1, 2)];
    await receive(sku, 2);
    const failed = await process([late], 30)
      .deliver(`W#${late}`)
      .catch((error: unknown) => error);
    expect(isTransient(failed)).toBe(true);
    expect([stateOf(first), stateOf(late)]).toEqual(['HELD', undefined]);
    await process().deliver(`W#${late}`);
    expect(stateOf(late)).toBe('HELD');
  });

  it('is not waited for once it has left the queue', async () => {
    const sku = await accepting();
    const orderId = await wait(sku, 1, 1);
    const { deliver } = process();
    const image = items.get(`W#${orderId}`);
    await process().stock.cancel(orderId);
    if (image !== undefined) items.put({ ...image, waitSku: undefined, st: 'FILLED' });
    expect(await deliver(`Q#${sku}`)).toEqual([]);
  });
});
