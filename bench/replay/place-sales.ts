import type { OrderResource } from '../../api/orders.ts';
import { inParallel } from '../client/in-parallel.ts';
import { ShopRefused } from '../client/shop.ts';
import type { PlannedOrder } from './order-body.ts';

/** An order that was placed and reached an end: confirmed, rejected, on hold, or shipped. */
export interface EndedOrder {
  readonly planned: PlannedOrder;
  /** The API's last answer. */
  readonly order: OrderResource;
  /** Whether an earlier run had placed it. */
  readonly placedBefore: boolean;
  readonly placeMs: number;
  /** Milliseconds from sending the request to the commit that confirmed, rejected or held the order. */
  readonly endMs: number;
}

/** Places orders for customers. */
export interface SalePlacement {
  /**
   * Places an order and follows it to its end. A repetition with the same order places nothing.
   *
   * @throws ShopRefused for a refusal of the API
   */
  placeSale(order: PlannedOrder): Promise<EndedOrder>;
}

/** Receives the orders one by one; none is kept. */
export interface PlacementRecord {
  ended(order: EndedOrder): void;
  /** @param reason a code of the API, or what went wrong after repeated faults */
  failed(planned: PlannedOrder, reason: string): void;
}

/**
 * Places the orders, `concurrency` at a time.
 *
 * @returns the seconds that it took
 */
export async function placeSales(
  placement: SalePlacement,
  orders: AsyncIterable<PlannedOrder>,
  concurrency: number,
  record: PlacementRecord,
  onStep: () => void,
): Promise<number> {
  const start = performance.now();
  await inParallel(orders, concurrency, async (planned) => {
    try {
      record.ended(await placement.placeSale(planned));
    } catch (error) {
      record.failed(planned, error instanceof ShopRefused ? error.code : (error as Error).message);
    }
    onStep();
  });
  return (performance.now() - start) / 1000;
}
