import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { ledgerId, location, maxStockQuantity, optional, text, withDefault } from './vocabulary.ts';

const units = (least: number) => z.int().check(z.minimum(least), z.maximum(maxStockQuantity));

export const adjustmentReason = z.enum(['damage', 'loss', 'found', 'correction', 'return_to_vendor']);

export const adjustStockBody = z.strictObject({
  /** Chosen by the caller. Repeated requests with the same id book the adjustment once. */
  adjustmentId: ledgerId,
  location,
  /** Units to add; negative to remove. */
  quantity: units(-maxStockQuantity).check(z.refine((quantity) => quantity !== 0, 'must not be 0')),
  reason: adjustmentReason,
  note: optional(text),
});

export const countStockBody = z.strictObject({
  countId: ledgerId,
  location,
  /** All units at the location: for sale, reserved and withheld. */
  counted: units(0),
  /** True: a count below the number of reserved units is recorded as a shortage. Else it is refused. */
  acceptShortage: withDefault(z.boolean(), false),
});

export const moveStockBody = z
  .strictObject({ moveId: ledgerId, from: location, to: location, quantity: units(1) })
  .check(z.refine(({ from, to }) => from !== to, { path: ['to'], error: 'must be another location' }));

export const putSafetyStockBody = z.strictObject({ units: units(0) });

const throttle = { ratePerSecond: 200, burst: 400 } as const;
const entryRefusals = [
  'UNKNOWN_SKU',
  'UNKNOWN_LOCATION',
  'LEDGER_ID_REUSED',
  'NOT_ENOUGH_AVAILABLE',
  'STOCK_TOO_SPREAD',
] as const;

export const stockAdjustment = z.object({
  adjustmentId: z.string(),
  sku: z.string(),
  location: z.string(),
  quantity: z.int(),
  reason: z.string(),
  note: z.optional(z.string()),
  at: z.string(),
});

export const adjustStock = defineRoute({
  operationId: 'adjust-stock',
  entryPoint: 'inventory/adjust-stock',
  method: 'POST',
  path: '/inventory/{sku}/adjustments',
  access: ['staff', 'warehouse'],
  summary:
    'Book units in or out with a reason, other than receipts and sales. Units that are reserved for orders cannot be booked out.',
  throttle,
  body: adjustStockBody,
  success: { status: 201, body: stockAdjustment },
  refusals: entryRefusals,
});

export const orderWithUnits = z.object({ orderId: z.string(), units: z.int() });

export const stockCount = z.object({
  countId: z.string(),
  sku: z.string(),
  location: z.string(),
  counted: z.int(),
  delta: z.int(),
  at: z.string(),
  /** Reserved units that were not found; they stay reserved. */
  shortage: z.optional(z.int()),
  /** The orders with reserved units at the location, at most 100. */
  orders: z.optional(z.array(orderWithUnits)),
  /** False when there may be more orders than those listed. */
  ordersComplete: z.optional(z.boolean()),
});

export const countStock = defineRoute({
  operationId: 'count-stock',
  entryPoint: 'inventory/count-stock',
  method: 'POST',
  path: '/inventory/{sku}/counts',
  access: ['staff', 'warehouse'],
  summary:
    'Record a count at a location. The stock is corrected by `delta` units. A recorded `shortage` names the orders that ' +
    'have reserved units there.',
  throttle,
  body: countStockBody,
  success: { status: 201, body: stockCount },
  refusals: entryRefusals,
});

export const stockMove = z.object({
  moveId: z.string(),
  sku: z.string(),
  from: z.string(),
  to: z.string(),
  quantity: z.int(),
  at: z.string(),
});

export const moveStock = defineRoute({
  operationId: 'move-stock',
  entryPoint: 'inventory/move-stock',
  method: 'POST',
  path: '/inventory/{sku}/moves',
  access: ['staff', 'warehouse'],
  summary: 'Move units from one location to another, in one step: units for sale, then safety stock.',
  throttle,
  body: moveStockBody,
  success: { status: 201, body: stockMove },
  refusals: entryRefusals,
});

export const safetyStock = z.object({
  sku: z.string(),
  location: z.string(),
  /** The safety stock that was set, in units. */
  wanted: z.int(),
  /** The units that are withheld now. */
  held: z.int(),
});

export const putSafetyStock = defineRoute({
  operationId: 'put-safety-stock',
  entryPoint: 'inventory/put-safety-stock',
  method: 'PUT',
  path: '/inventory/{sku}/locations/{location}/safety-stock',
  access: ['staff'],
  summary: 'Set the safety stock. Units missing now are taken from later receipts.',
  throttle,
  body: putSafetyStockBody,
  success: { status: 200, body: safetyStock },
  refusals: ['UNKNOWN_SKU', 'UNKNOWN_LOCATION'],
});

export const stockBookRoutes = [adjustStock, countStock, moveStock, putSafetyStock] as const;
