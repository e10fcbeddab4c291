import { logger } from '../../shared/logging.ts';
import type { Sweep } from '../domain/expire-holds.ts';

/**
 * Says how a sweep went.
 *
 * @throws AggregateError when holds could not be released, so that the run counts as failed and somebody is told.
 */
export function reportSweep({ expiredCount, failed, more }: Sweep): void {
  logger.info('expired holds released', { expiredCount, failedCount: failed.length, more });
  for (const { orderId, reason } of failed) {
    logger.error('hold not released', { orderId, error: reason instanceof Error ? reason : new Error(String(reason)) });
  }
  if (failed.length === 0) return;
  throw new AggregateError(
    failed.map(({ reason }) => reason),
    `${failed.length} expired holds could not be released`,
  );
}
