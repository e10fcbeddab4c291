/**
 * A store of items in memory with DynamoDB's semantics as far as the inventory uses them (reads by key, queries of the
 * index of waiting orders, one conditional write, all-or-nothing transactions), and with its prices. Requests are carried out at once and in their order.
 */

/** An item as stored in the table, with the names and values of the real attributes. */
export interface Item {
  readonly pk: string;
  readonly [attribute: string]: unknown;
}

/** One conditional write. `apply` is called only when the condition holds, and returns the new item. */
export interface Action {
  readonly key: string;
  readonly condition?: (item: Item | undefined) => boolean;
  readonly apply: (item: Item | undefined) => Item;
  /** True when the action only checks its condition. */
  readonly check?: boolean;
  /** True when the action deletes the item; `apply` is not called. */
  readonly remove?: boolean;
}

export type StoreRequest =
  | { readonly kind: 'read'; readonly keys: readonly string[]; readonly latest: boolean }
  /** A page of the index of waiting orders: those of a SKU, in the order of `waitSince`. */
  | { readonly kind: 'query'; readonly waitSku: string; readonly after: string | undefined; readonly limit: number }
  /** `once`: its client never sends it again, not even after it was throttled. */
  | { readonly kind: 'write'; readonly action: Action; readonly once?: boolean }
  | { readonly kind: 'transact'; readonly actions: readonly Action[] };

export type StoreAnswer =
  | { readonly outcome: 'read'; readonly items: ReadonlyMap<string, Item> }
  /** `items`: after the write, in the order of the actions. */
  | { readonly outcome: 'done'; readonly items: readonly Item[] }
  /** By position: the items whose condition failed, as they were; undefined where there was none. */
  | { readonly outcome: 'refused'; readonly found: ReadonlyMap<number, Item | undefined> }
  /** A transaction holds one of the items, or the partition is busy. Nothing happened. */
  | { readonly outcome: 'contended' };

export interface Units {
  readonly write: number;
  readonly read: number;
}

/** Carries requests to the items: at once, or through a simulated network. */
export type Send = (request: StoreRequest) => Promise<StoreAnswer>;

/** Called after every write. `after`: undefined when the item was deleted. */
export type Witness = (key: string, before: Item | undefined, after: Item | undefined) => void;

export class MemoryItems {
  readonly #items = new Map<string, Item>();
  readonly #sizes = new Map<string, number>();
  /** The sparse index of waiting orders: the items that have the attribute `waitSku`. */
  readonly #waiting = new Map<string, Item>();
  readonly #witness: Witness | undefined;

  constructor(witness?: Witness) {
    this.#witness = witness;
  }

  /** The whole table, as a scan gives it. */
  all(): Item[] {
    return [...this.#items.values()];
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  /** Puts an item without a condition, to prepare or to corrupt a table. */
  put(item: Item): void {
    this.#set(item.pk, item);
  }

  isAllowed({ key, condition }: Action): boolean {
    return condition === undefined || condition(this.#items.get(key));
  }

  /** Writes without checking the condition. */
  apply({ key, apply, check, remove }: Action): Item {
    if (check) return this.#items.get(key) ?? { pk: key };
    if (remove) return this.#remove(key);
    const after = apply(this.#items.get(key));
    this.#set(key, after);
    return after;
  }

  execute(request: StoreRequest): StoreAnswer {
    if (request.kind === 'read') {
      const items = new Map<string, Item>();
      for (const key of request.keys) {
        const item = this.#items.get(key);
        if (item !== undefined) items.set(key, item);
      }
      return { outcome: 'read', items };
    }
    if (request.kind === 'query') return { outcome: 'read', items: this.#waitingFor(request) };
    const actions = actionsOf(request);
    const refused = actions.flatMap((action, position) => (this.isAllowed(action) ? [] : [position]));
    if (refused.length > 0) return this.refusal(actions, refused);
    return { outcome: 'done', items: actions.map((action) => this.apply(action)) };
  }

  refusal(actions: readonly Action[], positions: readonly number[]): StoreAnswer {
    const found = positions.map((position) => [position, this.#items.get(actions[position]?.key ?? '')] as const);
    return { outcome: 'refused', found: new Map(found) };
  }

  /** Write units of one copy of the stored item: one per kilobyte, at least one. */
  writeUnitsOf(key: string): number {
    return Math.max(1, Math.ceil((this.#sizes.get(key) ?? 0) / 1024));
  }

  /** Read units of one strongly consistent read: one per four kilobytes, at least one. */
  readUnitsOf(key: string): number {
    return Math.max(1, Math.ceil((this.#sizes.get(key) ?? 0) / 4096));
  }

  #set(key: string, after: Item): void {
    const before = this.#items.get(key);
    this.#items.set(key, after);
    this.#sizes.set(key, sizeOf(after));
    if (after.waitSku === undefined) this.#waiting.delete(key);
    else this.#waiting.set(key, after);
    this.#witness?.(key, before, after);
  }

  #remove(key: string): Item {
    const before = this.#items.get(key);
    for (const each of [this.#items, this.#sizes, this.#waiting]) each.delete(key);
    if (before !== undefined) this.#witness?.(key, before, undefined);
    return { pk: key };
  }

  #waitingFor({ waitSku, after, limit }: Extract<StoreRequest, { kind: 'query' }>): ReadonlyMap<string, Item> {
    const since = (item: Item) => item.waitSince as string;
    const found = [...this.#waiting.values()]
      .filter((item) => item.waitSku === waitSku && (after === undefined || since(item) > after))
      .sort((one, other) => (since(one) < since(other) ? -1 : 1));
    return new Map(found.slice(0, limit).map((item) => [item.pk, item]));
  }
}

export function actionsOf(request: StoreRequest): readonly Action[] {
  if (request.kind === 'read' || request.kind === 'query') return [];
  return request.kind === 'write' ? [request.action] : request.actions;
}

/** Computes the cost of a request. Call it before the request is carried out, and `paid` after it. */
export function meter(items: MemoryItems, request: StoreRequest): { paid(answer: StoreAnswer): Units } {
  if (request.kind === 'query') return { paid: () => ({ write: 0, read: 0.5 }) };
  if (request.kind === 'read') {
    const each = request.latest ? 1 : 0.5;
    return { paid: () => ({ write: 0, read: sum(request.keys.map((key) => each * items.readUnitsOf(key))) }) };
  }
  const keys = actionsOf(request).map(({ key }) => key);
  const before = keys.map((key) => items.writeUnitsOf(key));
  return {
    paid(answer) {
      // A write that was rejected before its condition was checked is free; a transaction had been prepared by then.
      if (answer.outcome === 'contended' && request.kind === 'write') return { write: 0, read: 0 };
      if (answer.outcome !== 'done') return { write: sum(before), read: 0 };
      // The larger of the item before and after the write counts.
      const each = keys.map((key, index) => Math.max(before[index] ?? 1, items.writeUnitsOf(key)));
      return { write: sum(each) * (request.kind === 'transact' ? 2 : 1), read: 0 };
    },
  };
}

/**
 * The size of an item in bytes, as DynamoDB counts it: names, texts, one byte for two digits of a number, and for
 * collections three bytes and one more for each entry.
 */
export function sizeOf(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += name.length + valueSize(item[name]);
  return bytes;
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return 2 + Math.ceil(Math.log10(Math.abs(value) + 2) / 2);
  if (Array.isArray(value)) return 3 + sum(value.map((each) => 1 + valueSize(each)));
  if (value instanceof Set) return 3 + sum([...value].map(valueSize));
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 1;
  let bytes = 3;
  for (const [name, each] of Object.entries(value)) bytes += 1 + name.length + valueSize(each);
  return bytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
