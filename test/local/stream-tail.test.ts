import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position, StreamItem, StreamRead, StreamRecord } from '../../local/dynamodb/stream-reader.ts';
import { StreamTail } from '../../local/dynamodb/stream-tail.ts';

const BEGINNING: Position = { shardId: '', sequenceNumber: '' };

/** A stream in memory: read in pages, slowly, and failing when told to. */
class Stream {
  readonly items: StreamItem[] = [];
  reads = 0;
  failures = 0;
  readonly #page: number;

  constructor(page = 1_000) {
    this.#page = page;
  }

  write(): void {
    const position = { shardId: 'one', sequenceNumber: String(this.items.length + 1) };
    this.items.push({ record: { eventID: position.sequenceNumber } as StreamRecord, position });
  }

  readonly open = (): StreamRead => ({
    read: async ({ sequenceNumber }) => {
      this.reads++;
      const from = Number(sequenceNumber);
      const items = this.items.slice(from, from + this.#page);
      await new Promise((resolve) => setImmediate(resolve));
      if (this.failures > 0) {
        this.failures--;
        throw new Error('the store is away');
      }
      return { items, more: items.length === this.#page };
    },
  });
}

/** Reads on until there is no more, as a consumer does when it is woken. */
async function readAll(source: StreamRead, from: Position): Promise<Position[]> {
  const places = [from];
  for (let more = true; more; ) {
    const read = await source.read(places.at(-1) ?? from);
    places.push(...read.items.map(({ position }) => position));
    more = read.more;
  }
  return places;
}

const numbersOf = (places: readonly Position[]) => places.map(({ sequenceNumber }) => Number(sequenceNumber));
const upTo = (count: number) => Array.from({ length: count + 1 }, (_, index) => index);

describe('the tail of a stream', () => {
  it('is read from the store once for all who follow it', async () => {
    const stream = new Stream();
    const tail = new StreamTail(stream.open);
    const followers = [tail.follow(), tail.follow(), tail.follow()];
    for (let round = 1; round <= 5; round++) {
      stream.write();
      tail.grow();
      const seen = await Promise.all(followers.map((each) => readAll(each, BEGINNING)));
      for (const each of seen) expect(numbersOf(each)).toEqual(upTo(round));
      expect(stream.reads).toBe(round);
    }
  });

  it('is read by itself by whoever is further behind, until he has come up', async () => {
    const stream = new Stream(2);
    for (let count = 0; count < 7; count++) stream.write();
    const tail = new StreamTail(stream.open);
    const ahead = tail.follow();
    await readAll(ahead, { shardId: 'one', sequenceNumber: '5' });
    const late = tail.follow();
    const places = await readAll(late, BEGINNING);
    expect(numbersOf(places)).toEqual(upTo(7));

    stream.write();
    tail.grow();
    const before = stream.reads;
    const last = places.at(-1) ?? BEGINNING;
    expect(numbersOf(await readAll(ahead, last))).toEqual([7, 8]);
    expect(numbersOf(await readAll(late, last))).toEqual([7, 8]);
    expect(stream.reads).toBe(before + 1);
  });

  it('forgets what is old, and still serves those who want it', async () => {
    const stream = new Stream();
    const tail = new StreamTail(stream.open);
    const [ahead, late] = [tail.follow(), tail.follow()];
    await readAll(late, BEGINNING);
    for (let count = 0; count < 25_000; count++) stream.write();
    tail.grow();
    await readAll(ahead, BEGINNING);
    const held = await tail.follow().read({ shardId: 'one', sequenceNumber: '15000' });
    expect(held.items).toHaveLength(10_000);
    expect(numbersOf(await readAll(late, BEGINNING))).toEqual(upTo(25_000));
  });

  it('tells a failure of the store to who asked, and goes on from there', async () => {
    const stream = new Stream();
    const tail = new StreamTail(stream.open);
    const follower = tail.follow();
    stream.write();
    stream.failures = 1;
    await expect(follower.read(BEGINNING)).rejects.toThrow('the store is away');
    expect(numbersOf(await readAll(follower, BEGINNING))).toEqual([0, 1]);
  });

  it('gives each follower every record once and in order, however they take turns', async () => {
    const act = fc.oneof(
      fc.constant('write' as const),
      fc.constant('fail' as const),
      fc.constant('pause' as const),
      fc.nat(2),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (acts, page) => {
        const stream = new Stream(page);
        const tail = new StreamTail(stream.open);
        const consumers = [0, 1, 2].map(() => ({ source: tail.follow(), place: BEGINNING, busy: Promise.resolve() }));
        const wake = (consumer: (typeof consumers)[number]) => {
          consumer.busy = consumer.busy.then(async () => {
            const before = Number(consumer.place.sequenceNumber);
            const there = stream.items.length;
            const places = await readAll(consumer.source, consumer.place).catch(() => undefined);
            if (places === undefined) return;
            expect(numbersOf(places)).toEqual(upTo(places.length - 1).map((index) => before + index));
            expect(before + places.length - 1).toBeGreaterThanOrEqual(there);
            consumer.place = places.at(-1) ?? consumer.place;
          });
        };
        for (const each of acts) {
          if (each === 'write') {
            stream.write();
            tail.grow();
          } else if (each === 'fail') stream.failures = 1;
          else if (each === 'pause') await new Promise((resolve) => setImmediate(resolve));
          else {
            const consumer = consumers[each];
            if (consumer) wake(consumer);
          }
        }
        await Promise.all(consumers.map(({ busy }) => busy));
        stream.failures = 0;
        for (const consumer of consumers) wake(consumer);
        await Promise.all(consumers.map(({ busy }) => busy));
        for (const { place } of consumers) expect(Number(place.sequenceNumber)).toBe(stream.items.length);
      }),
      { numRuns: 300 },
    );
  });
});
