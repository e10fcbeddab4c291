import type { OrderFacts } from '../../orders/index.ts';
import { apportion } from '../../shared/kernel/money.ts';

type Quantities = { readonly lines: readonly { readonly lineId: string; readonly quantity: number }[] };

/**
 * The amount to capture for each shipment, in minor units and in the order of `shipments`: the order's total with shipping
 * and tax, divided in proportion to the net value of the goods in each. The amounts add up to the total exactly.
 */
export function shipmentAmounts(
  order: Pick<OrderFacts, 'lines' | 'totals'>,
  shipments: readonly Quantities[],
): readonly number[] {
  const prices = new Map(order.lines.map((line) => [line.lineId, line.unitPriceMinor]));
  const values = shipments.map(({ lines }) =>
    lines.reduce((sum, line) => sum + (prices.get(line.lineId) ?? 0) * line.quantity, 0),
  );
  return apportion(order.totals.totalMinor, values);
}
