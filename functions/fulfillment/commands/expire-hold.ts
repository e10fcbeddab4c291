import type { StockStore } from '../../inventory/reservations/domain/stock-store.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { logger } from '../../shared/logging.ts';

/** Gives back what is held for an order if its time is over, and logs it: the order's saga, while it runs, finds out by itself. */
export function holdExpirer(stock: Pick<StockStore, 'expire'>, now: Instant) {
  return async (orderId: string): Promise<boolean> => {
    const expired = await stock.expire(orderId, now);
    if (expired) logger.info('hold expired', { orderId });
    return expired;
  };
}
