export type Availability = 'in_stock' | 'low' | 'backorder' | 'preorder' | 'out_of_stock';

/** The number of units at and below which customers see `low`. A choice of the shop, not a technical limit. */
const lowStockUnits = 5;

/**
 * The availability that customers see. The number of units is not published, because competitors read the catalog too.
 *
 * @param waits how an order waits when there is no stock; undefined when it is rejected.
 */
export function availabilityOf(unitsForSale: number, waits?: 'backorder' | 'preorder'): Availability {
  if (unitsForSale <= 0) return waits ?? 'out_of_stock';
  return unitsForSale <= lowStockUnits ? 'low' : 'in_stock';
}

/** The availability of a quantity: as that of the product, and like none where there are fewer units. */
export function availabilityFor(
  quantity: number,
  unitsForSale: number,
  waits?: 'backorder' | 'preorder',
): Availability {
  return availabilityOf(unitsForSale < quantity ? 0 : unitsForSale, waits);
}
