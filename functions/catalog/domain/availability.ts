export type Availability = 'in_stock' | 'low' | 'backorder' | 'preorder' | 'out_of_stock';

/** From here down a customer should hurry. A shop's taste, not a limit of anything. */
export const lowStockUnits = 5;

/**
 * The number itself stays inside: competitors read catalogs too.
 *
 * @param waits how an order for more than there is would wait, if it may.
 */
export function availabilityOf(unitsForSale: number, waits?: 'backorder' | 'preorder'): Availability {
  if (unitsForSale <= 0) return waits ?? 'out_of_stock';
  return unitsForSale <= lowStockUnits ? 'low' : 'in_stock';
}
