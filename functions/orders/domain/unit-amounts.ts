import { quantumOf, shareOfUnits } from '../../shared/kernel/money.ts';
import type { OrderFacts, OrderLine } from './order.ts';

/** What units or shipping cost, in minor units. Net and tax are the gross amount. */
export interface Amounts {
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
}

/** Consecutive units of a line, counted from 0, `to` excluded. */
export interface UnitRun {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether the tax of an order is divided by line. Of an order that was placed before, only the whole amount is known.
 */
export function hasFrozenAmounts({ totals }: Pick<OrderFacts, 'totals'>): boolean {
  return totals.shippingTaxMinor !== undefined;
}

/**
 * What a run of units of a line costs, after discounts. Each unit has fixed shares of the line's price and tax, so the runs of a
 * line add up to it in any division and any order. The first units have the larger shares of both, so none has more tax than
 * price.
 */
export function amountsOfUnits(
  { currency, taxIncluded }: Pick<OrderFacts, 'currency' | 'taxIncluded'>,
  { quantity, unitPriceMinor, discountMinor = 0, taxMinor: taxOfLine = 0 }: OrderLine,
  run: UnitRun,
): Amounts {
  const quantum = quantumOf(currency);
  const priceMinor = shareOfUnits(unitPriceMinor * quantity - discountMinor, quantity, run, quantum);
  return withTax(priceMinor, shareOfUnits(taxOfLine, quantity, run, quantum), taxIncluded);
}

/** What shipping costs. */
export function amountsOfShipping({ totals, taxIncluded }: Pick<OrderFacts, 'totals' | 'taxIncluded'>): Amounts {
  return withTax(totals.shippingMinor, totals.shippingTaxMinor ?? 0, taxIncluded);
}

/**
 * The charge for shipping with its tax, where the amounts of the parcels do not have it. The parcels of an order without frozen
 * amounts have their parts of it, as have those that an earlier version booked.
 */
export function shippingBesideParcels(
  order: Pick<OrderFacts, 'totals' | 'taxIncluded'> & {
    readonly shipments: readonly { readonly amountMinor: number }[];
  },
): number {
  if (!hasFrozenAmounts(order)) return 0;
  const bookedMinor = order.shipments.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const { grossMinor } = amountsOfShipping(order);
  return bookedMinor + grossMinor <= order.totals.totalMinor ? grossMinor : 0;
}

function withTax(priceMinor: number, taxMinor: number, taxIncluded: true | undefined): Amounts {
  const netMinor = taxIncluded ? priceMinor - taxMinor : priceMinor;
  return { netMinor, taxMinor, grossMinor: netMinor + taxMinor };
}
