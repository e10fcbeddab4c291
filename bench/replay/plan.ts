import type { PlaceOrderBody } from '../../api/orders.ts';
import { pricePoints } from './price-points.ts';
import type { FileOrder } from './superstore.ts';

/** A product at one price, with the units that all orders need. */
export interface PlannedProduct {
  readonly sku: string;
  readonly title: string;
  readonly unitPriceMinor: number;
  readonly units: number;
}

export interface PlannedOrder {
  /** The order's number in the file. */
  readonly number: string;
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly body: PlaceOrderBody;
}

/** Totals of the file. */
export interface FileTotals {
  readonly orders: number;
  /** Rows of the file. */
  readonly fileLines: number;
  readonly products: number;
  /** Distinct pairs of an order and a product. */
  readonly productsInOrders: number;
  /** Order lines after the split into price points. */
  readonly lines: number;
  readonly units: number;
  readonly subtotalMinor: number;
}

export interface ReplayPlan {
  readonly products: readonly PlannedProduct[];
  readonly orders: readonly PlannedOrder[];
  readonly file: FileTotals;
}

/**
 * Plans the catalog, the stock and the orders of the file. Holdfast takes prices from the catalog, while the file's amounts
 * include a discount that differs by order. Therefore every price at which a product was sold becomes a SKU,
 * `<product>@<cents>`. Rows of one order with the same SKU become one line.
 */
export function planReplay(orders: readonly FileOrder[]): ReplayPlan {
  const products = new Map<string, PlannedProduct>();
  const planned = orders.map((order) => {
    const quantities = new Map<string, number>();
    for (const { productId, title, quantity, amountMinor } of order.lines) {
      for (const point of pricePoints(amountMinor, quantity)) {
        const sku = `${productId}@${point.unitPriceMinor}`;
        quantities.set(sku, (quantities.get(sku) ?? 0) + point.quantity);
        // Some products have two names in the file: the first one is used.
        const known = products.get(sku) ?? { sku, title, unitPriceMinor: point.unitPriceMinor, units: 0 };
        products.set(sku, { ...known, units: known.units + point.quantity });
      }
    }
    return plannedOrder(order, quantities);
  });
  return { products: [...products.values()], orders: planned, file: totalsOf(orders, planned) };
}

/** The product of a SKU, without the price. */
export function productOf(sku: string): string {
  return sku.slice(0, sku.lastIndexOf('@'));
}

function plannedOrder(order: FileOrder, quantities: ReadonlyMap<string, number>): PlannedOrder {
  return {
    number: order.orderId,
    customerId: order.customerId,
    idempotencyKey: `superstore:${order.orderId}`,
    body: {
      currency: 'USD',
      lines: [...quantities].map(([sku, quantity]) => ({ sku, quantity })),
      shippingAddress: {
        name: order.customerName,
        // The file has no street addresses.
        line1: '1 Main Street',
        city: order.city,
        postalCode: order.postalCode,
        region: order.state,
        country: 'US',
      },
      contact: { email: `${order.customerId.toLowerCase()}@example.com` },
      paymentMethodId: 'pm_card_visa',
    },
  };
}

function totalsOf(orders: readonly FileOrder[], planned: readonly PlannedOrder[]): FileTotals {
  const lines = orders.flatMap((order) => order.lines);
  const pairs = orders.map((order) => new Set(order.lines.map((line) => line.productId)).size);
  return {
    orders: orders.length,
    fileLines: lines.length,
    products: new Set(lines.map((line) => line.productId)).size,
    productsInOrders: sum(pairs),
    lines: sum(planned.map((order) => order.body.lines.length)),
    units: sum(lines.map((line) => line.quantity)),
    subtotalMinor: sum(lines.map((line) => line.amountMinor)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
