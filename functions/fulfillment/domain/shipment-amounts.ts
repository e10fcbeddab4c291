import { amountsOfUnits, hasFrozenAmounts, type OrderFacts } from '../../orders/index.ts';
import { apportion, quantumOf } from '../../shared/kernel/money.ts';

type Quantities = { readonly lines: readonly { readonly lineId: string; readonly quantity: number }[] };
type Priced = Pick<OrderFacts, 'currency' | 'lines' | 'totals' | 'taxIncluded'>;

/**
 * What the goods in each shipment cost, with tax and after discounts, in minor units and in the order of `shipments`. A shipment
 * has the next units of a line, from its first on. With the charge for shipping, the amounts add up to the total exactly.
 *
 * Of an order whose tax is not divided by line, each amount is a part of the whole total, in proportion to the value of the
 * goods.
 */
export function shipmentAmounts(order: Priced, shipments: readonly Quantities[]): readonly number[] {
  if (!hasFrozenAmounts(order)) return partsOfTotal(order, shipments);
  const lines = new Map(order.lines.map((line) => [line.lineId, line]));
  const taken = new Map<string, number>();
  return shipments.map((shipment) =>
    shipment.lines.reduce((sum, { lineId, quantity }) => {
      const line = lines.get(lineId);
      if (line === undefined) throw new Error(`there is no line ${lineId}`);
      const from = taken.get(lineId) ?? 0;
      taken.set(lineId, from + quantity);
      return sum + amountsOfUnits(order, line, { from, to: from + quantity }).grossMinor;
    }, 0),
  );
}

function partsOfTotal(order: Priced, shipments: readonly Quantities[]): readonly number[] {
  const prices = new Map(order.lines.map((line) => [line.lineId, line.unitPriceMinor]));
  const values = shipments.map(({ lines }) =>
    lines.reduce((sum, line) => sum + (prices.get(line.lineId) ?? 0) * line.quantity, 0),
  );
  const quantum = quantumOf(order.currency);
  const { totalMinor } = order.totals;
  return apportion(totalMinor, values, totalMinor % quantum === 0 ? quantum : 1);
}
