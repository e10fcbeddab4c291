import { logger } from '../../../shared/logging.ts';
import type { Tended } from '../commands/rebalance-hot-skus.ts';

/**
 * Says what a run did; nothing where nothing was hot.
 *
 * @throws AggregateError when a SKU could not be looked after at the last look, so that the run counts as failed. One that
 * failed at an earlier look has been looked after since.
 */
export function reportTending(looks: readonly Tended[]): void {
  const sum = (count: 'grownCount' | 'mergedCount' | 'movedCount' | 'healedCount') =>
    looks.reduce((total, look) => total + look[count], 0);
  const last = looks.at(-1);
  if (last === undefined || last.hotCount === 0) return;
  logger.info('hot stock tended', {
    lookCount: looks.length,
    hotCount: last.hotCount,
    grownCount: sum('grownCount'),
    mergedCount: sum('mergedCount'),
    movedCount: sum('movedCount'),
    healedCount: sum('healedCount'),
  });
  for (const { sku, reason } of looks.flatMap(({ failed }) => failed)) {
    logger.error('hot stock not tended', { sku, error: reason instanceof Error ? reason : new Error(String(reason)) });
  }
  if (last.failed.length === 0) return;
  throw new AggregateError(
    last.failed.map(({ reason }) => reason),
    `${last.failed.length} hot SKUs could not be looked after`,
  );
}
