import type { SaleFormat } from '../file/sale.ts';
import { onlineRetail } from './online-retail.ts';
import { shopifyOrders } from './shopify-orders.ts';
import { superstore } from './superstore.ts';

/** The formats by the value of `--format`. */
export const formats: ReadonlyMap<string, SaleFormat> = new Map(
  [superstore, onlineRetail, shopifyOrders].map((format) => [format.name, format]),
);
