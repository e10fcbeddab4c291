import { logger } from '../../shared/logging.ts';

/**
 * Releases an order's hold if it has expired, and logs that. The order's saga needs no notice: its confirm is refused.
 *
 * @returns whether a hold was released.
 */
export function holdExpirer(expire: (orderId: string) => Promise<boolean>) {
  return async (orderId: string): Promise<boolean> => {
    const expired = await expire(orderId);
    if (expired) logger.info('hold expired', { orderId });
    return expired;
  };
}
