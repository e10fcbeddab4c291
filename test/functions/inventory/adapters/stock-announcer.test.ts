import { describe, expect, it } from 'vitest';
import { stockAnnouncer, stockEventsOf } from '../../../../functions/inventory/adapters/stock-announcer.ts';
import { TransientFault } from '../../../../functions/shared/kernel/faults.ts';
import type { StreamItem } from '../../../../functions/shared/stream-consumer.ts';

const item = (pk: string, image: StreamItem['image'] = {}): StreamItem => {
  return { sequenceNumber: pk, key: { pk }, image: { pk: { S: pk }, ...image } };
};
const receipt = item('C#receipt#r-1', {
  ...{ kind: { S: 'receipt' }, sku: { S: 'MUG' }, at: { S: '2026-11-22T12:00:00.000Z' } },
  ...{ location: { S: 'BER' }, quantity: { N: '5' } },
});

/** Remembers what was published and looked at. */
function announcer(look: (sku: string) => Promise<void> = async () => undefined) {
  const looked: string[] = [];
  const published: StreamItem[] = [];
  const announce = stockAnnouncer(
    async (items) => {
      published.push(...items);
      return [];
    },
    async (sku) => {
      looked.push(sku);
      await look(sku);
    },
  );
  return { announce, looked, published };
}

describe('a batch of the stock table', () => {
  it('is a look at each SKU, however many of its items changed', async () => {
    const { announce, looked } = announcer();
    const keys = ['I#BER#MUG#0', 'I#BER#MUG#1', 'I#VIE#MUG#0', 'I#BER#CUP#backorder', 'P#CUP', 'N#TRAY', 'P#MUG'];
    expect(await announce(keys.map((key) => item(key)))).toEqual([]);
    expect(looked.sort()).toEqual(['CUP', 'MUG', 'TRAY']);
  });

  it('is no look for what was booked: its shards come by themselves', async () => {
    const { announce, looked, published } = announcer();
    await announce([receipt]);
    expect(looked).toEqual([]);
    expect(published.flatMap(stockEventsOf)).toMatchObject([{ eventId: 'stock:receipt:r-1', sku: 'MUG' }]);
  });

  it('sets a SKU aside that cannot be looked at, and goes on with the others', async () => {
    const bad = new Error('the plan makes no sense');
    const { announce, looked } = announcer(async (sku) => {
      if (sku === 'MUG') throw bad;
    });
    const poison = await announce([item('I#BER#MUG#0'), item('I#BER#MUG#1'), item('I#BER#CUP#0')]);
    expect(poison.map(({ item: { key }, error }) => [key.pk, error])).toEqual([['I#BER#MUG#1', bad]]);
    expect(looked).toEqual(['MUG', 'CUP']);
  });

  it('comes again when the store is not there', async () => {
    const { announce } = announcer(async () => {
      throw new TransientFault('not now');
    });
    await expect(announce([item('I#BER#MUG#0')])).rejects.toThrow('not now');
  });
});

describe('an item that is told of', () => {
  it('must make an event of the catalog', () => {
    expect(() => stockEventsOf({ ...receipt, image: { ...receipt.image, quantity: { N: '0' } } })).toThrow();
    expect(() => stockEventsOf(item('N#MUG', { level: { S: 'fine' } }))).toThrow();
    expect(stockEventsOf(item('I#BER#MUG#0'))).toEqual([]);
  });
});
