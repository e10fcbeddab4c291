import { catalogRoutes } from './catalog.ts';
import type { Route } from './define-route.ts';
import { discountRoutes } from './discounts.ts';
import { inventoryRoutes } from './inventory.ts';
import { locationRoutes } from './locations.ts';
import { operationRoutes } from './operations.ts';
import { orderRoutes } from './orders.ts';
import { quoteRoutes } from './quotes.ts';
import { settingRoutes } from './settings.ts';
import { shipmentRoutes } from './shipments.ts';
import { stockBookRoutes } from './stock-books.ts';
import { webhookRoutes } from './webhooks.ts';

/**
 * Every route of the HTTP contract. infra deploys them, the functions parse requests by them, and `/openapi.json`
 * describes them.
 */
export const routes: readonly Route[] = [
  ...orderRoutes,
  ...quoteRoutes,
  ...shipmentRoutes,
  ...catalogRoutes,
  ...discountRoutes,
  ...settingRoutes,
  ...inventoryRoutes,
  ...stockBookRoutes,
  ...locationRoutes,
  ...webhookRoutes,
  ...operationRoutes,
];
