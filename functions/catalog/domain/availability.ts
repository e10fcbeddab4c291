export type Availability = 'in_stock' | 'low' | 'out_of_stock';

/** From here down a customer should hurry. A shop's taste, not a limit of anything. */
export const lowStockUnits = 5;

/** The number itself stays inside: competitors read catalogs too. */
export function availabilityOf(unitsForSale: number): Availability {
  if (unitsForSale <= 0) return 'out_of_stock';
  return unitsForSale <= lowStockUnits ? 'low' : 'in_stock';
}
