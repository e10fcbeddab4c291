import type { StockStore } from '../../inventory/domain/stock-store.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { logger } from '../../shared/logging.ts';

/**
 * Releases an order's hold if it has expired, and logs that. The order's saga needs no notice: its confirm is refused.
 *
 * @returns whether a hold was released.
 */
export function holdExpirer(stock: Pick<StockStore, 'expire'>, now: Instant) {
  return async (orderId: string): Promise<boolean> => {
    const expired = await stock.expire(orderId, now);
    if (expired) logger.info('hold expired', { orderId });
    return expired;
  };
}
