import type * as z from 'zod/mini';

export type Group = 'staff' | 'warehouse';

/**
 * Access may call a route. `public`: any caller. `signed`: a sender that signs the body. `customer`: any signed-in user.
 * Groups: a member of at least one.
 */
export type Access = 'public' | 'signed' | 'customer' | readonly Group[];

/** A header of a request or an answer. */
export interface Header {
  readonly description: string;
  readonly schema: z.ZodMiniType;
  /** True when every request, or every answer, has it. */
  readonly required?: boolean;
}

export interface Route {
  /** Verb-noun; also the name of the function that handles the route. */
  readonly operationId: string;
  /** `<capability>/<operationId>`, the file under `functions/`. */
  readonly entryPoint: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** What the caller may reach, where the groups alone do not say it. */
  readonly description?: string;
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly body?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  /** The body that a gateway signs. Its signature is verified before it is read, so it is not parsed by this schema. */
  readonly signedBody?: z.ZodMiniType;
  /** True when the header `Idempotency-Key` is required. */
  readonly idempotent?: boolean;
  /** True when the headers `X-Correlation-Id` and `traceparent` are kept with the events that the request leads to. */
  readonly traced?: boolean;
  /** Further headers of the request, by name. */
  readonly headers?: Readonly<Record<string, Header>>;
  /** The status and body of a successful answer: JSON by a schema, or a document of one of several content types. */
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly body?: z.ZodMiniType;
    readonly documents?: readonly string[];
    /** Headers of the answer beyond its content type, by name. */
    readonly headers?: Readonly<Record<string, Header>>;
  };
  /** Codes of the refusals beyond those that every route has (400, 401, 403, 413). */
  readonly refusals: readonly RefusalCode[];
}

/** Every refusal code with its HTTP status. */
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
  DISCOUNT_USED_UP: 409,
  ORDERING_CLOSED: 409,
  SETTING_CHANGED: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  NOT_ENOUGH_AVAILABLE: 409,
  STOCK_TOO_SPREAD: 409,
  RECEIPT_ID_REUSED: 422,
  LEDGER_ID_REUSED: 422,
  TOO_MANY_LOCATIONS: 422,
  BODY_TOO_LARGE: 413,
  UNKNOWN_SKU: 422,
  UNKNOWN_LOCATION: 422,
  CURRENCY_NOT_SOLD: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  AMOUNT_TOO_LARGE: 422,
  COUNTRY_NOT_SERVED: 422,
  SHIPPING_NOT_AVAILABLE: 422,
  ADDRESS_REQUIRED: 422,
  UNKNOWN_DISCOUNT: 422,
  TOO_MANY_DISCOUNTS: 422,
  DISCOUNT_NOT_APPLICABLE: 422,
} as const;

export type RefusalCode = keyof typeof refusalStatus;

/** Seconds after which a request may be worth repeating, by the code of its refusal or fault. */
export const retryAfterSeconds: Partial<Record<string, number>> = { IDEMPOTENCY_IN_PROGRESS: 1, UNAVAILABLE: 1 };

/** Returns the route with its literal types, from which a handler's body and query are typed. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}
