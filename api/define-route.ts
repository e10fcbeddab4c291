import type * as z from 'zod/mini';

export type Group = 'staff' | 'warehouse';

/** `public`: anybody. `signed`: the sender's signature over the body. `customer`: any signed-in user. Groups: one of these. */
export type Who = 'public' | 'signed' | 'customer' | readonly Group[];

export interface Route {
  /** Verb-noun; also the name of the function that answers. */
  readonly operationId: string;
  /** `<capability>/<operationId>`, the file under `functions/`. */
  readonly entryPoint: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly who: Who;
  readonly summary: string;
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly body?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  /** True when the header `Idempotency-Key` is required. */
  readonly idempotent?: boolean;
  /** The answer when all is well. */
  readonly success: { readonly status: 200 | 201 | 202 | 204; readonly body?: z.ZodMiniType };
  /** Refusals beyond those that every route has (400, 401, 403, 429), by code. */
  readonly refusals: readonly RefusalCode[];
}

/** Every code a problem document may carry and its HTTP status. */
export const refusalStatus = {
  VALIDATION_FAILED: 400,
  IDEMPOTENCY_KEY_REQUIRED: 400,
  INVALID_CURSOR: 400,
  SIGNATURE_INVALID: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  ORDER_NOT_CANCELLABLE: 409,
  SHIPMENT_NOT_DISPATCHABLE: 409,
  PRICE_CHANGED: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  NOT_ENOUGH_AVAILABLE: 409,
  STOCK_TOO_SPREAD: 409,
  RECEIPT_ID_REUSED: 422,
  LEDGER_ID_REUSED: 422,
  TOO_MANY_LOCATIONS: 422,
  BODY_TOO_LARGE: 413,
  UNKNOWN_SKU: 422,
  CURRENCY_NOT_SOLD: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  AMOUNT_TOO_LARGE: 422,
} as const;

export type RefusalCode = keyof typeof refusalStatus;

/** Keeps the literal types of a route, so that a handler knows its own body and query. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}
