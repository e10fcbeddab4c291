import { dynamodbAvailability, availabilityOf as levelsOf } from '../../inventory/index.ts';
import { type Availability, availabilityFor } from '../domain/availability.ts';

/** Whether quantities of SKUs are available, as customers see it. The levels may be a second old, and nothing is reserved. */
export function stockAvailability(inventoryTable: string) {
  const stock = dynamodbAvailability(inventoryTable);
  return async (wanted: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, Availability>> => {
    const levels = await levelsOf([...wanted.keys()], stock);
    return new Map(
      [...wanted].map(([sku, quantity]) => {
        const { units = 0, backorder } = levels.get(sku) ?? {};
        return [sku, availabilityFor(quantity, units, backorder?.mode)];
      }),
    );
  };
}
