/** Counts by name; lists the largest first. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, each) => sum + each, 0);
  }

  list(): [name: string, count: number][] {
    return [...this.#counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.list());
  }
}
