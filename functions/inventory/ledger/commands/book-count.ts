import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { comparedWith, countFrom, decideCount } from '../domain/decide-count.ts';
import { type CannotTake, type Count, idReused, repeated } from '../domain/ledger-record.ts';
import { type PostDependencies, postUntilDone } from './post-entry.ts';

/** An order with reserved units, of a SKU at a location. */
export interface ReservedOrder {
  readonly orderId: string;
  readonly units: number;
}

/** Port that finds the orders with reserved units of a SKU at a location. */
export interface ReservedOrders {
  /** `complete`: false when the search was ended before it had seen every reservation. */
  at(sku: string, location: string): Promise<{ readonly orders: readonly ReservedOrder[]; readonly complete: boolean }>;
}

export interface CountDependencies extends PostDependencies {
  readonly reservedOrders: ReservedOrders;
}

/** A count, with the orders that a shortage concerns. */
export interface CountResult extends Omit<Count, 'acceptShortage'> {
  readonly orders?: readonly ReservedOrder[];
  readonly ordersComplete?: boolean;
}

/**
 * Sets the units on hand at a location (for sale, reserved and withheld together), once for the count's id. A count below
 * the number of reserved units is refused, or recorded as a shortage when the request accepts that: then all units that
 * are not reserved leave, and the answer names the orders that have the reserved ones. They are found anew when the
 * request is repeated.
 */
export async function bookCount(
  count: Omit<Count, 'delta' | 'shortage'>,
  dependencies: CountDependencies,
): Promise<CountResult | Refusal<'LEDGER_ID_REUSED'> | CannotTake> {
  const booked = await bookOnce(count, dependencies);
  if (isRefusal(booked)) return booked;
  const { acceptShortage: _request, ...result } = booked;
  if (result.shortage === undefined) return result;
  const { orders, complete } = await dependencies.reservedOrders.at(count.sku, count.location);
  return { ...result, orders, ordersComplete: complete };
}

async function bookOnce(
  count: Omit<Count, 'delta' | 'shortage'>,
  dependencies: PostDependencies,
): Promise<Count | Refusal<'LEDGER_ID_REUSED'> | CannotTake> {
  assertUnits(count.counted, 0);
  const { sku, location } = count;
  let decided: Count = { ...count, delta: 0 };
  const entry = { kind: 'count', id: count.countId } as const;
  const result = await postUntilDone(sku, [location], entry, dependencies, (books) => {
    decided = comparedWith(count, books);
    return decideCount(decided, books);
  });
  if (isRefusal(result)) return result;
  if ('done' in result) return decided;
  const before = countFrom(result.before);
  return repeated({ ...count, delta: before.delta }, before, ['sku', 'location', 'counted']) ?? idReused('countId');
}
