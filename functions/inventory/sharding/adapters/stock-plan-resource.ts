import type * as z from 'zod/mini';
import type { stockPlanResource } from '../../../../api/inventory.ts';
import type { Config } from '../../../shared/config.ts';
import type { PlanView } from '../commands/prepare-sale.ts';

/**
 * A plan as the API shows it.
 *
 * @param deployed the stage and the cell that the settings in `deployWith` are for: without them, the command would deploy
 *   another one
 */
export function planResource(
  { plan, needs }: PlanView,
  { STAGE, CELL }: Config<'STAGE' | 'CELL'>,
): z.output<typeof stockPlanResource> {
  const {
    sku,
    path,
    revision,
    expectedPeakPerSecond,
    keepUntil,
    changedAt,
    splitLines = true,
    lowAt = 0,
    locations,
  } = plan;
  return {
    sku,
    path,
    revision,
    expectedPeakPerSecond,
    keepUntil,
    changedAt,
    splitLines,
    lowAt,
    locations: locations.map(({ location, shards, priority }) => ({ location, shards, priority })),
    needs: {
      ...needs,
      tables: [...needs.tables],
      deployWith: needs.deployWith === '' ? '' : `-c stage=${STAGE} -c cell=${CELL} ${needs.deployWith}`,
    },
  };
}
