import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { instant, ledgerId, location, maxStockQuantity } from './vocabulary.ts';

export const receiveStockBody = z.strictObject({
  /** Chosen by the caller; the same receipt is booked once, however often it is sent. */
  receiptId: ledgerId,
  location,
  quantity: z.int().check(z.minimum(1), z.maximum(maxStockQuantity)),
});

export type ReceiveStockBody = z.output<typeof receiveStockBody>;

export const stockResource = z.object({
  sku: z.string(),
  onHand: z.int(),
  available: z.int(),
  reserved: z.int(),
  /** Kept back from sale. */
  safety: z.int(),
  /** Only of a SKU that orders may wait for, or ever did: units they wait for, and those that lie there for them. */
  backorder: z.optional(
    z.object({
      mode: z.enum(['none', 'backorder', 'preorder']),
      limit: z.optional(z.int()),
      waiting: z.int(),
      kept: z.int(),
    }),
  ),
  locations: z.array(
    z.object({
      location: z.string(),
      onHand: z.int(),
      available: z.int(),
      reserved: z.int(),
      safety: z.int(),
      shipped: z.int(),
    }),
  ),
});

/** `preorder` is what customers are told of a product that has not been sold yet; orders wait alike. */
export const putBackorderBody = z
  .strictObject({
    mode: z.enum(['none', 'backorder', 'preorder']),
    /** Units that may be waited for at a time, over all orders; any number when absent. */
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(maxStockQuantity))),
  })
  .check(
    z.refine(({ mode, limit }) => mode !== 'none' || limit === undefined, {
      path: ['limit'],
      message: 'there is no limit where orders may not wait',
    }),
  );

export const receiveStock = defineRoute({
  operationId: 'receive-stock',
  entryPoint: 'inventory/receive-stock',
  method: 'POST',
  path: '/inventory/{sku}/receipts',
  who: ['staff'],
  summary: 'Book goods in at a location.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  body: receiveStockBody,
  success: {
    status: 201,
    body: z.object({ receiptId: z.string(), sku: z.string(), location: z.string(), quantity: z.int() }),
  },
  refusals: ['UNKNOWN_SKU', 'RECEIPT_ID_REUSED'],
});

export const getStock = defineRoute({
  operationId: 'get-stock',
  entryPoint: 'inventory/get-stock',
  method: 'GET',
  path: '/inventory/{sku}',
  who: ['staff'],
  summary: 'On hand, available, reserved and kept back, in total and by location.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  success: { status: 200, body: stockResource },
  refusals: ['NOT_FOUND'],
});

export const putBackorder = defineRoute({
  operationId: 'put-backorder',
  entryPoint: 'inventory/put-backorder',
  method: 'PUT',
  path: '/inventory/{sku}/backorder',
  who: ['staff'],
  summary: 'Let orders for more than there is wait for a receipt, or refuse them. Those that wait go on waiting.',
  throttle: { ratePerSecond: 100, burst: 200 },
  body: putBackorderBody,
  success: {
    status: 200,
    body: z.object({
      sku: z.string(),
      mode: z.enum(['none', 'backorder', 'preorder']),
      limit: z.optional(z.int()),
      waiting: z.int(),
    }),
  },
  refusals: ['UNKNOWN_SKU'],
});

/** More than any region sells; more is a typing error. */
const maxPeakPerSecond = 1_000_000;

/** What is left out stays as it is. */
export const putStockPlanBody = z.strictObject({
  /** Buyers a second at the height of a sale. The shards for them are made, and kept until `keepUntil`. */
  expectedPeakPerSecond: z.optional(z.int().check(z.minimum(0), z.maximum(maxPeakPerSecond))),
  /** At most 30 days from now; a day when there is an expected peak and nothing is said. */
  keepUntil: z.optional(instant),
  /** The one location to prepare. Absent: all that have the SKU. */
  location: z.optional(location),
  /** False: one order's units of the SKU come from one location, or not at all. */
  splitLines: z.optional(z.boolean()),
  /** At or below so many units for sale subscribers are told that the stock is low; 0: never before nothing is left. */
  lowAt: z.optional(z.int().check(z.minimum(0), z.maximum(maxStockQuantity))),
});

export const stockPlanResource = z.object({
  sku: z.string(),
  /** How it is sold: `T` by transactions, `J` by journaled debits, for many buyers at once. */
  path: z.enum(['T', 'J']),
  revision: z.int(),
  expectedPeakPerSecond: z.optional(z.int()),
  keepUntil: z.optional(instant),
  changedAt: z.optional(instant),
  splitLines: z.boolean(),
  lowAt: z.int(),
  locations: z.array(z.object({ location: z.string(), shards: z.int(), priority: z.int() })),
  /** What the tables must take a second at that peak; without one, at what the shards are for. */
  needs: z.object({
    salesPerSecond: z.int(),
    tables: z.array(
      z.object({
        table: z.string(),
        writesPerSecond: z.int(),
        readsPerSecond: z.int(),
        /** More than a new table takes at once: 4,000 writes or 12,000 reads a second. */
        aboveNewTable: z.boolean(),
      }),
    ),
    /** What to deploy with beforehand, `-c inventoryWarmWrites=…`; empty when nothing is needed. */
    deployWith: z.string(),
  }),
});

export const putStockPlan = defineRoute({
  operationId: 'put-stock-plan',
  entryPoint: 'inventory/put-stock-plan',
  method: 'PUT',
  path: '/inventory/{sku}/plan',
  who: ['staff'],
  summary: 'Prepare a SKU for a sale.',
  throttle: { ratePerSecond: 50, burst: 100 },
  body: putStockPlanBody,
  success: { status: 200, body: stockPlanResource },
  refusals: ['UNKNOWN_SKU'],
});

export const getStockPlan = defineRoute({
  operationId: 'get-stock-plan',
  entryPoint: 'inventory/get-stock-plan',
  method: 'GET',
  path: '/inventory/{sku}/plan',
  who: ['staff'],
  summary: 'How a SKU is spread over shards, and what its sale needs of the tables.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  success: { status: 200, body: stockPlanResource },
  refusals: ['NOT_FOUND'],
});

export const inventoryRoutes = [receiveStock, getStock, putBackorder, putStockPlan, getStockPlan] as const;
