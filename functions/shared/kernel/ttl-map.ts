/** Entries of one map. A full map is cleared, which costs new reads and no correctness. */
const defaultMaxEntries = 10_000;

/** A bounded map whose entries expire. Times are in milliseconds since any fixed moment and are passed in. */
export class TtlMap<Value> {
  readonly #ttlMs: number;
  readonly #maxEntries: number;
  readonly #entries = new Map<string, { readonly value: Value; readonly since: number }>();

  constructor(ttlMs: number, maxEntries = defaultMaxEntries) {
    this.#ttlMs = ttlMs;
    this.#maxEntries = maxEntries;
  }

  get(key: string, nowMs: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const age = nowMs - entry.since;
    // A clock that was set back must not extend the life of an entry.
    if (age >= 0 && age < this.#ttlMs) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** The live values of these keys, by key. */
  getAll(keys: readonly string[], nowMs: number): Map<string, Value> {
    const found = new Map<string, Value>();
    for (const key of keys) {
      const value = this.get(key, nowMs);
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  /** When the value was set; undefined without an entry. An expired entry counts until `get` removes it. */
  since(key: string): number | undefined {
    return this.#entries.get(key)?.since;
  }

  set(key: string, value: Value, nowMs: number): void {
    if (this.#entries.size >= this.#maxEntries) this.#entries.clear();
    this.#entries.set(key, { value, since: nowMs });
  }

  /** Removes an entry that is older than this; a younger one stays. */
  deleteOlder(key: string, ageMs: number, nowMs: number): void {
    const since = this.since(key);
    if (since !== undefined && nowMs - since >= ageMs) this.delete(key);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
