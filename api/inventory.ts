import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { instant, ledgerId, location, maxStockQuantity, optional } from './vocabulary.ts';

export const receiveStockBody = z.strictObject({
  /** Chosen by the caller. Repeated requests with the same id book the receipt once. */
  receiptId: ledgerId,
  location,
  quantity: z.int().check(z.minimum(1), z.maximum(maxStockQuantity)),
});

export type ReceiveStockBody = z.output<typeof receiveStockBody>;

export const backorderMode = z.enum(['none', 'backorder', 'preorder']);

export const backorderLevel = z.object({
  mode: backorderMode,
  limit: z.optional(z.int()),
  waiting: z.int(),
  kept: z.int(),
});

export const locationStock = z.object({
  location: z.string(),
  onHand: z.int(),
  available: z.int(),
  reserved: z.int(),
  safety: z.int(),
  shipped: z.int(),
});

export const stockResource = z.object({
  sku: z.string(),
  onHand: z.int(),
  available: z.int(),
  reserved: z.int(),
  /** Units that are withheld from sale. */
  safety: z.int(),
  /**
   * Only for a SKU that allows backorders or has allowed them: the units that orders wait for, and the units set aside
   * for them.
   */
  backorder: z.optional(backorderLevel),
  locations: z.array(locationStock),
});

/** `preorder` differs from `backorder` only in what customers see: the product has not been sold yet. */
export const putBackorderBody = z
  .strictObject({
    mode: backorderMode,
    /**
     * Most units that all waiting orders together may wait for when one joins; unlimited when absent. An order that waits for
     * another of its SKUs first, and lacks this one later, moves to this queue above the limit.
     */
    limit: optional(z.int().check(z.minimum(1), z.maximum(maxStockQuantity))),
  })
  .check(
    z.refine(({ mode, limit }) => mode !== 'none' || limit === undefined, {
      path: ['limit'],
      message: 'there is no limit where orders may not wait',
    }),
  );

export const stockReceipt = z.object({
  receiptId: z.string(),
  sku: z.string(),
  location: z.string(),
  quantity: z.int(),
});

export const backorderResource = z.object({
  sku: z.string(),
  mode: backorderMode,
  limit: z.optional(z.int()),
  waiting: z.int(),
});

export const receiveStock = defineRoute({
  operationId: 'receive-stock',
  entryPoint: 'inventory/receive-stock',
  method: 'POST',
  path: '/inventory/{sku}/receipts',
  access: ['staff'],
  summary: 'Book received units in at a location. One `receiptId` may be used for several SKUs of a delivery.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  body: receiveStockBody,
  success: { status: 201, body: stockReceipt },
  refusals: ['UNKNOWN_SKU', 'UNKNOWN_LOCATION', 'RECEIPT_ID_REUSED'],
});

export const getStock = defineRoute({
  operationId: 'get-stock',
  entryPoint: 'inventory/get-stock',
  method: 'GET',
  path: '/inventory/{sku}',
  access: ['staff', 'warehouse'],
  summary: 'Get the units on hand, available, reserved and withheld, in total and by location.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  success: { status: 200, body: stockResource },
  refusals: ['NOT_FOUND'],
});

export const putBackorder = defineRoute({
  operationId: 'put-backorder',
  entryPoint: 'inventory/put-backorder',
  method: 'PUT',
  path: '/inventory/{sku}/backorder',
  access: ['staff'],
  summary: 'Let orders wait for stock that is out, or reject them. Orders that wait already are not affected.',
  throttle: { ratePerSecond: 100, burst: 200 },
  body: putBackorderBody,
  success: { status: 200, body: backorderResource },
  refusals: ['UNKNOWN_SKU'],
});

/** More than one region can sell; more is taken for a typing error. */
const maxPeakPerSecond = 1_000_000;

/** Absent fields keep their values. */
export const putStockPlanBody = z.strictObject({
  /** Orders a second at the peak of a sale. The SKU gets the shards for them and keeps them until `keepUntil`. */
  expectedPeakPerSecond: optional(z.int().check(z.minimum(0), z.maximum(maxPeakPerSecond))),
  /** At most 30 days from now. With an expected peak, the default is one day from now. */
  keepUntil: optional(instant),
  /** The location to prepare. Absent: every location that has the SKU. */
  location: optional(location),
  /** False: all units of an order line come from one location. */
  splitLines: optional(z.boolean()),
  /** StockLow is published when the units for sale fall to this number or below; 0: never. */
  lowAt: optional(z.int().check(z.minimum(0), z.maximum(maxStockQuantity))),
});

export const plannedLocation = z.object({ location: z.string(), shards: z.int(), priority: z.int() });

export const tableLoad = z.object({
  table: z.string(),
  writesPerSecond: z.int(),
  readsPerSecond: z.int(),
  /** True when it exceeds what a new table takes: 4,000 writes or 12,000 reads a second. */
  aboveNewTable: z.boolean(),
});

export const stockPlanNeeds = z.object({
  salesPerSecond: z.int(),
  tables: z.array(tableLoad),
  /** The settings to deploy before the sale, such as `-c stage=prod -c cell=a -c inventoryWarmWrites=…`; empty when none are needed. */
  deployWith: z.string(),
});

export const stockPlanResource = z.object({
  sku: z.string(),
  /** How units are reserved: `T` by transactions, `J` by journaled debits, for many concurrent orders. */
  path: z.enum(['T', 'J']),
  revision: z.int(),
  expectedPeakPerSecond: z.optional(z.int()),
  keepUntil: z.optional(instant),
  changedAt: z.optional(instant),
  splitLines: z.boolean(),
  lowAt: z.int(),
  locations: z.array(plannedLocation),
  /** The load on the tables at the expected peak, or without one at the rate that the shards are sufficient for. */
  needs: stockPlanNeeds,
});

export const putStockPlan = defineRoute({
  operationId: 'put-stock-plan',
  entryPoint: 'inventory/put-stock-plan',
  method: 'PUT',
  path: '/inventory/{sku}/plan',
  access: ['staff'],
  summary: 'Prepare the shards of a SKU for a sale.',
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
  access: ['staff'],
  summary: 'Get the shards of a SKU, and the load of its sale on the tables.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  success: { status: 200, body: stockPlanResource },
  refusals: ['NOT_FOUND'],
});

export const inventoryRoutes = [receiveStock, getStock, putBackorder, putStockPlan, getStockPlan] as const;
