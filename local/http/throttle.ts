interface Bucket {
  tokens: number;
  filledAt: number;
}

interface Limit {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** Token buckets by route, as API Gateway throttles: the bucket holds `burst`, and fills at `ratePerSecond`. */
export class Throttle {
  readonly #limits: Record<string, Limit>;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param limits by route key, `$default` for the rest
   * @param now milliseconds of a monotonic clock
   */
  constructor(limits: Record<string, Limit>, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Whether a request of the route is within the limit. It then uses up a token. */
  admits(routeKey: string): boolean {
    const limit = this.#limits[routeKey] ?? this.#limits.$default;
    if (!limit) return true;
    const now = this.#now();
    const bucket = this.#buckets.get(routeKey) ?? { tokens: limit.burst, filledAt: now };
    const filled = bucket.tokens + ((now - bucket.filledAt) / 1000) * limit.ratePerSecond;
    const tokens = Math.min(limit.burst, filled);
    const admitted = tokens >= 1;
    this.#buckets.set(routeKey, { tokens: admitted ? tokens - 1 : tokens, filledAt: now });
    return admitted;
  }
}
