import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { location } from './vocabulary.ts';

const maxReceiptQuantity = 100_000_000;

export const receiveStockBody = z.strictObject({
  /** Chosen by the caller; the same receipt is booked once, however often it is sent. */
  receiptId: z
    .string()
    .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'letters, digits and . _ : -, at most 100')),
  location,
  quantity: z.int().check(z.minimum(1), z.maximum(maxReceiptQuantity)),
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
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(maxReceiptQuantity))),
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
  summary: 'On hand, available and reserved, in total and by location.',
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

export const inventoryRoutes = [receiveStock, getStock, putBackorder] as const;
