import type { Sweep } from './kernel/sweep.ts';
import { logger } from './logging.ts';

/**
 * Logs the result of a sweep.
 *
 * @param name the message of the log entries.
 * @throws AggregateError when the sweep failed for any item, so that the run counts as failed and its alarm is raised.
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
