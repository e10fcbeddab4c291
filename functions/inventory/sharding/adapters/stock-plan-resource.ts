import type * as z from 'zod/mini';
import type { stockPlanResource } from '../../../../api/inventory.ts';
import type { PlanView } from '../commands/prepare-sale.ts';

/**
 * A plan as the API shows it.
 *
 * @param stage the stage that the settings in `deployWith` are for: without it, the command would deploy another one
 */
export function planResource({ plan, needs }: PlanView, stage: string): z.output<typeof stockPlanResource> {
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
      deployWith: needs.deployWith === '' ? '' : `-c stage=${stage} ${needs.deployWith}`,
    },
  };
}
