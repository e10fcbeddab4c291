import { logger } from '../../../shared/logging.ts';
import type { Rebalanced } from '../commands/rebalance-hot-skus.ts';

/**
 * Logs what a run did, unless no SKU was hot.
 *
 * @throws AggregateError when a SKU could not be rebalanced in the last round, so that the run counts as failed. A SKU
 * that failed only in an earlier round has been rebalanced since.
 */
export function reportRebalancing(rounds: readonly Rebalanced[]): void {
  const sum = (count: 'grownCount' | 'mergedCount' | 'movedCount' | 'repairedCount') =>
    rounds.reduce((total, round) => total + round[count], 0);
  const last = rounds.at(-1);
  if (last === undefined || last.hotCount === 0) return;
  logger.info('hot stock rebalanced', {
    roundCount: rounds.length,
    hotCount: last.hotCount,
    grownCount: sum('grownCount'),
    mergedCount: sum('mergedCount'),
    movedCount: sum('movedCount'),
    repairedCount: sum('repairedCount'),
  });
  for (const { sku, reason } of rounds.flatMap(({ failed }) => failed)) {
    logger.error('hot stock not rebalanced', {
      sku,
      error: reason instanceof Error ? reason : new Error(String(reason)),
    });
  }
  if (last.failed.length === 0) return;
  throw new AggregateError(
    last.failed.map(({ reason }) => reason),
    `${last.failed.length} hot SKUs could not be rebalanced`,
  );
}
