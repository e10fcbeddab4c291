import type { PlaceOrderBody } from '../../api/orders.ts';
import { inParallel } from '../client/in-parallel.ts';
import type { Shop } from '../client/shop.ts';

const productCount = 100;
const customerCount = 200;
/** Units of each product; more than any run sells. */
const unitsEach = 1_000_000;
const maxLines = 3;
const maxUnitsPerLine = 3;
const weightGrams = 300;

export interface PlannedPlacement {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly body: PlaceOrderBody;
}

/** Generates orders of one to three lines over 100 products, the same sequence in every run. */
export class Workload {
  readonly #run = Date.now().toString(36);
  readonly #random = randomFrom(20_261_101);
  #placed = 0;

  /** Puts products and stock and gets the tokens in advance, so that this is not part of a measurement. */
  async prepare(shop: Shop): Promise<void> {
    const skus = Array.from({ length: productCount }, (_, index) => skuOf(index));
    await inParallel(skus, 8, (sku) => offerProduct(shop, sku, unitsEach));
    const customers = Array.from({ length: customerCount }, (_, index) => customerOf(index));
    await inParallel(customers, 8, async (customer) => void (await shop.tokenFor(customer)));
  }

  next(lines = 1 + this.#below(maxLines)): PlannedPlacement {
    const number = this.#placed++;
    const first = this.#below(productCount);
    return {
      customerId: customerOf(number % customerCount),
      idempotencyKey: `bench-${this.#run}-${number}`,
      body: orderBody(
        // 37 and 100 have no common divisor, so the lines of an order have different products.
        Array.from({ length: lines }, (_, line) => ({
          sku: skuOf((first + 37 * line) % productCount),
          quantity: 1 + this.#below(maxUnitsPerLine),
        })),
      ),
    };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/** Puts a product into the catalog and receives its units. */
export async function offerProduct(shop: Shop, sku: string, units: number): Promise<void> {
  const prices = [{ currency: 'EUR', amountMinor: 1_990 }];
  await shop.putProduct(sku, {
    title: `Product ${sku}`,
    prices,
    weightGrams,
    taxCategory: 'standard',
    digital: false,
    active: true,
  });
  await shop.receiveStock(sku, { receiptId: `bench:${sku}`, location: 'bench', quantity: units });
}

export function orderBody(lines: PlaceOrderBody['lines']): PlaceOrderBody {
  return {
    currency: 'EUR',
    lines,
    shippingAddress: { name: 'Ada Example', line1: 'Musterweg 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    contact: { email: 'ada@example.com' },
    paymentMethodId: 'pm_card_visa',
  };
}

function skuOf(index: number): string {
  return `BENCH-${String(index).padStart(3, '0')}`;
}

function customerOf(index: number): string {
  return `bench-customer-${index}`;
}

/** A generator of numbers in [0, 1), the same sequence for the same seed (Mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
