import type { Sweep } from './kernel/sweep.ts';
import { logger } from './logging.ts';

/**
 * Says how a sweep went, under its name.
 *
 * @throws AggregateError when something could not be done, so that the run counts as failed and somebody is told.
 */
export function reportSweep(name: string, { foundCount, doneCount, failed }: Sweep): void {
  logger.info(name, { foundCount, doneCount, failedCount: failed.length });
  for (const { id, reason } of failed) {
    logger.error(`${name}: failed`, { id, error: reason instanceof Error ? reason : new Error(String(reason)) });
  }
  if (failed.length === 0) return;
  throw new AggregateError(
    failed.map(({ reason }) => reason),
    `${name}: ${failed.length} failed`,
  );
}
