import { dataOf, type Ledger, outcomeOf } from './ledger.ts';
import type { Stock } from './orders.ts';

/** Units of a SKU at a location, or in total. */
interface Units {
  reserved: number;
  shipped: number;
}

/**
 * Contradictions between the counters of a SKU, its receipts and the orders; empty when there are none.
 *
 * @param received units of every receipt, by location.
 * @param ledgers every order of the SKU. An undecided order may hold any number of units up to its quantity.
 */
export function stockContradictions(
  stock: Stock,
  received: Readonly<Record<string, number>>,
  ledgers: readonly Ledger[],
): string[] {
  const found: string[] = [];
  const mayHold = ledgers.filter(isUncertain).reduce((sum, ledger) => sum + unitsWanted(ledger, stock.sku), 0);
  const certain = ledgers.filter((ledger) => !isUncertain(ledger));
  let surplus = 0;
  for (const { location, available, reserved, shipped } of stock.locations) {
    const sum = available + reserved + shipped;
    if (sum !== (received[location] ?? 0)) found.push(`${location}: ${sum} units of ${received[location] ?? 0}`);
    if (Math.min(available, reserved, shipped) < 0) found.push(`${location}: ${available}, ${reserved}, ${shipped}`);
    const due = unitsAt(certain, stock.sku, location);
    if (mayHold === 0 && (reserved !== due.reserved || shipped !== due.shipped)) {
      found.push(`${location}: ${reserved} reserved, ${shipped} shipped instead of ${due.reserved}, ${due.shipped}`);
    }
    surplus += reserved + shipped - due.reserved - due.shipped;
  }
  if (surplus < 0 || surplus > mayHold)
    found.push(`${surplus} units are held without an order (undecided orders may hold ${mayHold})`);
  return found.map((finding) => `stock of ${stock.sku}: ${finding}`);
}

/** A dispatch that is running, or captured and not recorded, may have booked its stock out or not. */
function isUncertain(ledger: Ledger): boolean {
  const underWay = ledger.order.shipments.some(({ status }) => status === 'dispatch_requested');
  return underWay || outcomeOf(ledger) === 'undecided';
}

function unitsWanted({ order }: Ledger, sku: string): number {
  return order.lines.filter((line) => line.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0);
}

function unitsAt(ledgers: readonly Ledger[], sku: string, location: string): Units {
  const units: Units = { reserved: 0, shipped: 0 };
  for (const ledger of ledgers.filter((each) => outcomeOf(each) === 'stands')) {
    const dispatched = new Set(dataOf(ledger, 'ShipmentDispatched').map(({ shipmentId }) => shipmentId));
    for (const shipment of dataOf(ledger, 'ShipmentBooked').filter((each) => each.location === location)) {
      const quantity = shipment.lines.filter((line) => line.sku === sku).reduce((sum, line) => sum + line.quantity, 0);
      units[dispatched.has(shipment.shipmentId) ? 'shipped' : 'reserved'] += quantity;
    }
  }
  return units;
}
