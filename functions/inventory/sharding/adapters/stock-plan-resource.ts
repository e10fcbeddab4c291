import type * as z from 'zod/mini';
import type { stockPlanResource } from '../../../../api/inventory.ts';
import type { PlanView } from '../commands/prepare-sale.ts';

/** A plan as the API shows it. */
export function planResource({ plan, needs }: PlanView): z.output<typeof stockPlanResource> {
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
    needs: { ...needs, tables: [...needs.tables] },
  };
}
