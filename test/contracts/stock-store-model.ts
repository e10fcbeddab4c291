import type { Allocation } from '../../events/vocabulary.ts';
import type { Receipt } from '../../functions/inventory/ledger/index.ts';
import type { ReleaseExtent, Shipment, StockRequest } from '../../functions/inventory/reservations/index.ts';
import { type Refusal, refuse } from '../../functions/shared/kernel/refusal.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';
import type { StockOperations } from './stock-store-contract.ts';

interface Counts {
  available: number;
  reserved: number;
  shipped: number;
}

interface Reservation {
  state: 'HELD' | 'CONFIRMED' | 'RELEASED' | 'EXPIRED';
  expiresAt: Instant;
  allocations: Allocation[];
  shipments: Map<string, string>;
}

/**
 * A stock store in the simplest form: maps, no shards, no repetition, no concurrency. The real store is compared with
 * it, so it shares none of its code.
 */
export class ModelStockStore implements StockOperations {
  readonly counts = new Map<string, Map<string, Counts>>();
  readonly reservations = new Map<string, Reservation>();
  readonly #receipts = new Map<string, Receipt>();

  async reserve(request: StockRequest, now: Instant) {
    if (request.lines.some(({ quantity }) => !(quantity >= 1 && quantity % 1 === 0))) throw new RangeError('no units');
    const known = this.reservations.get(request.orderId);
    if (known !== undefined) return this.#answer(known, now);
    const locations = this.#source(request);
    if (locations === undefined) return refuse('OUT_OF_STOCK', this.#shortage(request));
    return this.adopt(
      request,
      allocate(request, locations, (sku, location) => this.#available(sku, location)),
    );
  }

  /** Reserves at locations that the caller chose. */
  adopt({ orderId, expiresAt }: StockRequest, allocations: Allocation[]) {
    this.reservations.set(orderId, { state: 'HELD', expiresAt, allocations, shipments: new Map() });
    this.#move(allocations, (counts, units) => {
      counts.available -= units;
      counts.reserved += units;
    });
    return { allocations, expiresAt };
  }

  async confirm(orderId: string, now: Instant) {
    const known = this.reservations.get(orderId);
    if (known === undefined) return refuse('RESERVATION_CLOSED', orderId);
    const refused = this.#answer(known, now);
    if ('refused' in refused) return refused;
    known.state = 'CONFIRMED';
    return { confirmed: true } as const;
  }

  async release(orderId: string, extent: ReleaseExtent = 'unshipped') {
    const known = this.reservations.get(orderId) ?? {
      state: 'RELEASED' as const,
      expiresAt: '' as Instant,
      allocations: [],
      shipments: new Map(),
    };
    this.reservations.set(orderId, known);
    const isOpen = known.state === 'HELD' || known.state === 'CONFIRMED';
    if (extent === 'everything' && isOpen) {
      this.#move(this.#shippedOf(known), (counts, units) => {
        counts.shipped -= units;
        counts.reserved += units;
      });
      known.shipments.clear();
    }
    const shipped = this.#shippedOf(known);
    const released = known.allocations.filter((each) => !shipped.includes(each));
    if (released.length > 0 && isOpen) {
      this.#giveBack(released);
      known.state = 'RELEASED';
    }
    return { released };
  }

  #shippedOf({ allocations, shipments }: Reservation): Allocation[] {
    return allocations.filter(({ location }) => [...shipments.values()].includes(location));
  }

  async commit({ orderId, shipmentId, location, lines }: Shipment) {
    const known = this.reservations.get(orderId);
    if (known?.shipments.has(shipmentId)) return { committed: true } as const;
    const there = known?.allocations.find((allocation) => allocation.location === location);
    const shippedBefore = [...(known?.shipments.values() ?? [])].includes(location);
    const same = JSON.stringify(there?.lines) === JSON.stringify(lines);
    if (known?.state !== 'CONFIRMED' || there === undefined || shippedBefore || !same)
      throw new Error('nothing to ship');
    known.shipments.set(shipmentId, location);
    this.#move([there], (counts, units) => {
      counts.reserved -= units;
      counts.shipped += units;
    });
    return { committed: true } as const;
  }

  async receive(receipt: Receipt): Promise<Receipt | Refusal<'RECEIPT_ID_REUSED'>> {
    const key = `${receipt.receiptId} ${receipt.sku}`;
    const known = this.#receipts.get(key);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(receipt)) {
      return refuse('RECEIPT_ID_REUSED', receipt.receiptId);
    }
    if (known === undefined) this.#at(receipt.sku, receipt.location).available += receipt.quantity;
    this.#receipts.set(key, receipt);
    return receipt;
  }

  async levels(sku: string) {
    const locations = [...(this.counts.get(sku) ?? [])].map(([location, { available, reserved, shipped }]) => {
      return { location, onHand: available + reserved, available, reserved, safety: 0, shipped };
    });
    if (locations.length === 0) return undefined;
    const sum = (column: 'onHand' | 'available' | 'reserved') =>
      locations.reduce((total, location) => total + location[column], 0);
    return { sku, onHand: sum('onHand'), available: sum('available'), reserved: sum('reserved'), safety: 0, locations };
  }

  async availability(skus: readonly string[]) {
    return new Map(skus.map((sku) => [sku, this.#total(sku)]));
  }

  async expire(orderId: string, now: Instant) {
    const known = this.reservations.get(orderId);
    if (known?.state !== 'HELD' || now < known.expiresAt) return false;
    known.state = 'EXPIRED';
    this.#giveBack(known.allocations);
    return true;
  }

  async plan() {
    return { plan: undefined, written: false };
  }

  #answer({ state, expiresAt, allocations }: Reservation, now: Instant) {
    if (state === 'RELEASED') return refuse('RESERVATION_CLOSED', state);
    if (state === 'EXPIRED' || (state === 'HELD' && now >= expiresAt)) return refuse('HOLD_EXPIRED', state);
    return { allocations, expiresAt };
  }

  /** The smallest set of locations that has everything; among equal sets the one whose locations rank best. */
  #source({ lines }: StockRequest): string[] | undefined {
    const locations = this.#ranked(lines.map(({ sku }) => sku));
    const sets = Array.from({ length: 2 ** locations.length }, (_, mask) =>
      locations.filter((_, index) => (mask >> index) % 2 === 1),
    );
    const ranks = (set: readonly string[]) => set.map((location) => locations.indexOf(location) + 100).join();
    sets.sort((a, b) => a.length - b.length || ranks(a).localeCompare(ranks(b)));
    return sets.find((set) =>
      lines.every((line) => {
        const wanted = lines.filter(({ sku }) => sku === line.sku).reduce((sum, { quantity }) => sum + quantity, 0);
        return set.reduce((sum, location) => sum + this.#available(line.sku, location), 0) >= wanted;
      }),
    );
  }

  /** By when a location first had any of the SKUs, then by name. */
  #ranked(skus: readonly string[]): string[] {
    const ranks = new Map<string, number>();
    for (const sku of skus) {
      for (const [index, location] of [...(this.counts.get(sku)?.keys() ?? [])].entries()) {
        ranks.set(location, Math.min(index, ranks.get(location) ?? index));
      }
    }
    return [...ranks].sort(([a, first], [b, second]) => first - second || a.localeCompare(b)).map(([name]) => name);
  }

  #available(sku: string, location: string): number {
    return this.counts.get(sku)?.get(location)?.available ?? 0;
  }

  #shortage({ lines }: StockRequest): string {
    const wanted = new Map<string, number>();
    for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    const short = [...wanted].flatMap(([sku, quantity]) => (this.#total(sku) < quantity ? [{ sku, quantity }] : []));
    return short.map(({ sku, quantity }) => `${sku}: ${quantity} wanted, fewer available`).join('; ');
  }

  #total(sku: string): number {
    return [...(this.counts.get(sku)?.values() ?? [])].reduce((sum, { available }) => sum + available, 0);
  }

  #at(sku: string, location: string): Counts {
    const locations = this.counts.get(sku) ?? new Map<string, Counts>();
    this.counts.set(sku, locations);
    const counts = locations.get(location) ?? { available: 0, reserved: 0, shipped: 0 };
    locations.set(location, counts);
    return counts;
  }

  #giveBack(allocations: readonly Allocation[]): void {
    this.#move(allocations, (counts, units) => {
      counts.available += units;
      counts.reserved -= units;
    });
  }

  #move(allocations: readonly Allocation[], apply: (counts: Counts, units: number) => void): void {
    for (const { location, lines } of allocations) {
      for (const { sku, quantity } of lines) apply(this.#at(sku, location), quantity);
    }
  }
}

/** Each line from the first location that has all of it, else from the fullest ones. */
function allocate(
  { lines }: StockRequest,
  locations: readonly string[],
  available: (sku: string, location: string) => number,
): Allocation[] {
  const taken: { location: string; lineId: string; sku: string; quantity: number }[] = [];
  const left = (sku: string, location: string) =>
    taken.reduce(
      (units, each) => (each.sku === sku && each.location === location ? units - each.quantity : units),
      available(sku, location),
    );
  for (const { lineId, sku, quantity } of lines) {
    const whole = locations.filter((location) => left(sku, location) >= quantity).slice(0, 1);
    const fullest = [...locations].sort((a, b) => left(sku, b) - left(sku, a));
    let open = quantity;
    for (const location of whole.length > 0 ? whole : fullest) {
      const units = Math.min(open, left(sku, location));
      if (units > 0) taken.push({ location, lineId, sku, quantity: units });
      open -= units;
    }
  }
  return [...new Set(taken.map(({ location }) => location))].map((location) => ({
    location,
    lines: taken.flatMap(({ location: there, ...line }) => (there === location ? [line] : [])),
  }));
}
