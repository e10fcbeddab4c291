import type { Position, StreamItem, StreamRead } from './stream-reader.ts';

/** Records kept: more than come in the longest batching window. Whoever is further behind reads the store himself. */
const KEPT = 10_000;

/**
 * The end of a table's stream, read from the store once for all of its consumers. Each has a place of its own in the stream
 * and a pace of its own; nearly always what it wants next has just been read for another one.
 */
export class StreamTail {
  readonly #reader: StreamRead;
  readonly #openReader: () => StreamRead;
  #items: StreamItem[] = [];
  /** How many records were dropped from the front. */
  #dropped = 0;
  /** Number of the record behind each known place, counted from the first that was ever kept. */
  readonly #after = new Map<string, number>();
  #end: Position | undefined;
  #hasNews = true;
  #hasMore = false;
  #reading: Promise<void> | undefined;

  /** @param openReader a reader of the store's stream, from wherever it is first asked */
  constructor(openReader: () => StreamRead) {
    this.#openReader = openReader;
    this.#reader = openReader();
  }

  /** The table was written to. Call it before the consumers hear of it. */
  grow(): void {
    this.#hasNews = true;
  }

  /** What one consumer reads from: this tail, and the store itself while it is behind. */
  follow(): StreamRead {
    const store = this.#openReader();
    return {
      read: async (after) => {
        const from = await this.#find(after);
        if (from === undefined) return store.read(after);
        return { items: this.#items.slice(from - this.#dropped), more: this.#hasMore };
      },
    };
  }

  /** The number of the first record after the place, when all is read that was there when this was called. */
  async #find(place: Position): Promise<number | undefined> {
    if (this.#end === undefined) {
      this.#end = place;
      this.#after.set(nameOf(place), 0);
    }
    await this.#catchUp();
    return this.#after.get(nameOf(place));
  }

  async #catchUp(): Promise<void> {
    // It may have begun before the latest news; its failure is told to whoever began it.
    await this.#reading?.catch(() => undefined);
    if (this.#hasNews && this.#reading === undefined) {
      this.#hasNews = false;
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined;
      });
    }
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const { items, more } = await this.#reader.read(this.#end as Position);
      for (const item of items) this.#keep(item);
      this.#hasMore = more;
      if (more) this.#hasNews = true;
    } catch (error) {
      this.#hasNews = true;
      throw error;
    }
    this.#drop(this.#items.length - KEPT);
  }

  #keep(item: StreamItem): void {
    this.#items.push(item);
    this.#end = item.position;
    this.#after.set(nameOf(item.position), this.#dropped + this.#items.length);
  }

  /** A place stays known while the record behind it is kept. */
  #drop(surplus: number): void {
    if (surplus <= 0) return;
    this.#items = this.#items.slice(surplus);
    this.#dropped += surplus;
    for (const [name, number] of this.#after) {
      if (number >= this.#dropped) return;
      this.#after.delete(name);
    }
  }
}

function nameOf({ shardId, sequenceNumber }: Position): string {
  return `${shardId} ${sequenceNumber}`;
}
