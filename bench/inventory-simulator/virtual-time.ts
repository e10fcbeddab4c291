import { setImmediate as nextTurn } from 'node:timers/promises';

interface Event {
  readonly at: number;
  /** Order of events at the same moment: the one planned first runs first. */
  readonly number: number;
  readonly happen: () => void;
}

/** Number of events after which other work of the process gets its turn. */
const eventsPerTurn = 20_000;

/**
 * A clock that advances only when nothing is left to do at the present moment: an event runs, all promises that follow
 * from it are settled, and then the time changes to that of the next event. Asynchronous code runs in it unchanged.
 */
export class VirtualTime {
  #nowMs = 0;
  #planned = 0;
  readonly #heap: Event[] = [];

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Plans an event for a moment; a moment in the past means now. */
  at(moment: number, happen: () => void): void {
    this.#planned += 1;
    push(this.#heap, { at: Math.max(moment, this.#nowMs), number: this.#planned, happen });
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.at(this.#nowMs + milliseconds, wake));
  }

  /**
   * Runs events until none is planned, or until `isOver`.
   *
   * @throws what an event throws.
   */
  async run(isOver: () => boolean = () => false): Promise<void> {
    while (this.#heap.length > 0 && !isOver()) {
      await this.#runTurn(isOver);
      await nextTurn();
    }
  }

  /**
   * Node runs a `nextTick` only when no promise has anything left to do, so that each event is complete before the next
   * one.
   */
  #runTurn(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = eventsPerTurn;
      const step = () => {
        const event = left-- > 0 && !isOver() ? pop(this.#heap) : undefined;
        if (event === undefined) return resolve();
        this.#nowMs = event.at;
        try {
          event.happen();
        } catch (error) {
          return reject(error as Error);
        }
        queueMicrotask(() => process.nextTick(step));
      };
      process.nextTick(step);
    });
  }
}

function comesBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}

function push(heap: Event[], event: Event): void {
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Event;
    if (!comesBefore(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): Event | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && comesBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
    const below = heap[child] as Event;
    if (!comesBefore(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
  return first;
}
