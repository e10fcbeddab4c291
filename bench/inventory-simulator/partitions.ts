import type { Random } from './random.ts';

interface Limits {
  readonly partitions: number;
  readonly writeUnitsPerSecond: number;
  readonly readUnitsPerSecond: number;
}

interface Partition {
  readonly index: number;
  readonly writes: Bucket;
  readonly reads: Bucket;
}

/** Partitions with random but fixed keys. Each supplies a number of units per second and saves up a few. */
export class Partitions {
  readonly #partitions: readonly Partition[];
  readonly #home = new Map<string, Partition>();
  readonly #random: Random;

  constructor(limits: Limits, depthSeconds: number, nowMs: () => number, random: Random) {
    this.#random = random;
    this.#partitions = Array.from({ length: limits.partitions }, (_, index) => ({
      index,
      writes: new Bucket(limits.writeUnitsPerSecond, depthSeconds, nowMs),
      reads: new Bucket(limits.readUnitsPerSecond, depthSeconds, nowMs),
    }));
  }

  indexOf(key: string): number {
    return this.#of(key).index;
  }

  /** Takes units from the partition of a key, if it has them; returns whether it had. */
  write(key: string, units: number): boolean {
    return this.#of(key).writes.take(units);
  }

  read(key: string, units: number): boolean {
    return this.#of(key).reads.take(units);
  }

  /** Takes units that the partition may only supply later. */
  owe(key: string, units: number): void {
    this.#of(key).writes.owe(units);
  }

  #of(key: string): Partition {
    const known = this.#home.get(key);
    if (known !== undefined) return known;
    const partition = this.#partitions[this.#random.below(this.#partitions.length)] as Partition;
    this.#home.set(key, partition);
    return partition;
  }
}

/** A token bucket: fills at its rate up to its depth, which is in seconds of that rate. */
export class Bucket {
  readonly #perMs: number;
  readonly #most: number;
  readonly #nowMs: () => number;
  #units: number;
  #since = 0;

  constructor(perSecond: number, depthSeconds: number, nowMs: () => number) {
    this.#perMs = perSecond / 1000;
    this.#most = perSecond * depthSeconds;
    this.#units = this.#most;
    this.#nowMs = nowMs;
  }

  take(units: number): boolean {
    this.#fill();
    if (this.#units < units) return false;
    this.#units -= units;
    return true;
  }

  owe(units: number): void {
    this.#fill();
    this.#units -= units;
  }

  #fill(): void {
    const now = this.#nowMs();
    // Without a limit nothing is counted: calculations with infinity would give NaN.
    if (this.#most !== Number.POSITIVE_INFINITY) {
      this.#units = Math.min(this.#most, this.#units + (now - this.#since) * this.#perMs);
    }
    this.#since = now;
  }
}
