import { describe, expect, it } from 'vitest';
import {
  levelEventsOf,
  stockStreamConsumer,
} from '../../../../../functions/inventory/availability/adapters/stock-stream-consumer.ts';
import { recordEventsOf } from '../../../../../functions/inventory/ledger/adapters/record-events.ts';
import { TransientFault } from '../../../../../functions/shared/kernel/faults.ts';
import type { StreamItem } from '../../../../../functions/shared/stream-consumer.ts';

const item = (pk: string, image: StreamItem['image'] = {}): StreamItem => {
  return { sequenceNumber: pk, key: { pk }, image: { pk: { S: pk }, ...image } };
};
/** The composition of the entry point. */
const stockEventsOf = (each: StreamItem) => [...recordEventsOf(each), ...levelEventsOf(each)];
const receipt = item('C#receipt#r-1', {
  ...{ kind: { S: 'receipt' }, sku: { S: 'MUG' }, at: { S: '2026-11-22T12:00:00.000Z' } },
  ...{ location: { S: 'BER' }, quantity: { N: '5' } },
});

/** Records what was published, and which SKUs were read together. */
function announcer(
  read: (skus: readonly string[]) => Promise<ReadonlyMap<string, unknown>> = async () => new Map<string, unknown>(),
) {
  const reads: (readonly string[])[] = [];
  const published: StreamItem[] = [];
  const announce = stockStreamConsumer(
    async (items) => {
      published.push(...items);
      return [];
    },
    (skus) => {
      reads.push(skus);
      return read(skus);
    },
  );
  return { announce, reads, published };
}

describe('a batch of the stock table', () => {
  it('reads all its SKUs together, each once however many of its items changed', async () => {
    const { announce, reads } = announcer();
    const keys = ['I#BER#MUG#0', 'I#BER#MUG#1', 'I#VIE#MUG#0', 'I#BER#CUP#backorder', 'P#CUP', 'N#TRAY', 'P#MUG'];
    expect(await announce(keys.map((key) => item(key)))).toEqual([]);
    expect(reads).toEqual([['MUG', 'CUP', 'TRAY']]);
  });

  it('reads very many SKUs in several groups, one after the other', async () => {
    const { announce, reads } = announcer();
    const keys = Array.from({ length: 120 }, (_, index) => `P#SKU-${index}`);
    await announce(keys.map((key) => item(key)));
    expect(reads.map((skus) => skus.length)).toEqual([50, 50, 20]);
    expect(reads.flat().map((sku) => `P#${sku}`)).toEqual(keys);
  });

  it('reads nothing for a ledger record: its shards have items of their own', async () => {
    const { announce, reads, published } = announcer();
    await announce([receipt]);
    expect(reads).toEqual([]);
    expect(published.flatMap(stockEventsOf)).toMatchObject([{ eventId: 'stock:receipt:r-1', sku: 'MUG' }]);
  });

  it('sets aside the last item of each SKU that cannot be read, and nothing else', async () => {
    const bad = new Error('the plan is malformed');
    const failing = ['SKU-0', 'SKU-70'];
    const { announce } = announcer(
      async (skus) => new Map(skus.filter((sku) => failing.includes(sku)).map((sku) => [sku, bad])),
    );
    const keys = Array.from({ length: 80 }, (_, index) => [`I#BER#SKU-${index}#0`, `I#BER#SKU-${index}#1`]).flat();
    const poison = await announce(keys.map((key) => item(key)));
    expect(poison.map(({ item: { key }, error }) => [key.pk, error])).toEqual([
      ['I#BER#SKU-0#1', bad],
      ['I#BER#SKU-70#1', bad],
    ]);
  });

  it('is repeated when the store is unavailable', async () => {
    const { announce } = announcer(async () => {
      throw new TransientFault('not now');
    });
    await expect(announce([item('I#BER#MUG#0')])).rejects.toThrow('not now');
  });
});

describe('an announced item', () => {
  it('must make an event of the catalog', () => {
    expect(() => stockEventsOf({ ...receipt, image: { ...receipt.image, quantity: { N: '0' } } })).toThrow();
    expect(() => stockEventsOf(item('N#MUG', { level: { S: 'fine' } }))).toThrow();
    expect(stockEventsOf(item('I#BER#MUG#0'))).toEqual([]);
  });
});
