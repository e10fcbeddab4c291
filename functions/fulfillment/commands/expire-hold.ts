import { logger } from '../../shared/logging.ts';

/** Gives back what is held for an order if its time is over, and logs it: the order's saga, while it runs, finds out by itself. */
export function holdExpirer(expire: (orderId: string) => Promise<boolean>) {
  return async (orderId: string): Promise<boolean> => {
    const expired = await expire(orderId);
    if (expired) logger.info('hold expired', { orderId });
    return expired;
  };
}
