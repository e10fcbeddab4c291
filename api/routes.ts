import { catalogRoutes } from './catalog.ts';
import type { Route } from './define-route.ts';
import { inventoryRoutes } from './inventory.ts';
import { locationRoutes } from './locations.ts';
import { operationRoutes } from './operations.ts';
import { orderRoutes } from './orders.ts';
import { stockBookRoutes } from './stock-books.ts';
import { webhookRoutes } from './webhooks.ts';

/** The whole HTTP contract: what infra deploys, what the functions parse, what `/openapi.json` says. */
export const routes: readonly Route[] = [
  ...orderRoutes,
  ...catalogRoutes,
  ...inventoryRoutes,
  ...stockBookRoutes,
  ...locationRoutes,
  ...webhookRoutes,
  ...operationRoutes,
];
