import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));
const url = z._default(z.string(), '');

/** Every environment variable that a function may read, with its shape and default. */
const variables = {
  ORDERS_TABLE: text,
  ORDER_VIEWS_TABLE: text,
  CONTACTS_TABLE: text,
  INVENTORY_TABLE: text,
  CATALOG_TABLE: text,
  SETTINGS_TABLE: text,
  DISCOUNTS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  GATEWAY_RECORDS_TABLE: text,
  SANDBOX_TABLE: text,
  BUS_NAME: text,
  ORDER_SAGA_ARN: text,
  DISPATCH_SAGA_ARN: text,
  CANCELLATION_SAGA_ARN: text,
  STREAM_FAILURES_QUEUE_URL: text,
  /** Base URL of the payment gateway; empty means the provider's own address. */
  PAYMENT_ENDPOINT: url,
  CARRIER_ENDPOINT: url,
  PAYMENT_SECRET_ID: text,
  CARRIER_SECRET_ID: text,
  /** Carrier account and service for labels; empty means the cheapest rate offered. */
  CARRIER_ACCOUNT: url,
  CARRIER_SERVICE: url,
  /** Senders' addresses by location, as JSON; empty is allowed where the carrier gateway is not the provider's own. */
  SHIP_FROM: url,
  SANDBOX_PUBLIC_URL: url,
  /** The address to which the sandbox sends the events of payments. */
  PAYMENT_WEBHOOK_URL: text,
  /** How long stock is held for an unconfirmed order. */
  HOLD_SECONDS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(86_400)), 900),
  /** Whether the first parcel of a payment that can be captured once takes the amount of all parcels. */
  CAPTURE_WHOLE: z._default(z.enum(['never', 'first-dispatch']), 'never'),
  /** How DynamoDB's item commands are sent: directly, or through the SDK alone (functions/shared/aws/README.md). */
  AWS_CLIENT: z._default(z.enum(['direct', 'sdk']), 'direct'),
  STAGE: z._default(z.string(), 'dev'),
  /** The part of the stage that the function belongs to. */
  CELL: z._default(z.string(), 'a'),
};

type Variables = typeof variables;
export type Config<Name extends keyof Variables> = { readonly [Key in Name]: z.output<Variables[Key]> };

/**
 * Reads the named environment variables, once, at cold start.
 *
 * @throws Error naming every variable that is missing or malformed, so that a wrong deployment fails before its first request.
 */
export function readConfig<const Name extends keyof Variables>(...names: readonly Name[]): Config<Name> {
  const wrong: string[] = [];
  const config: Record<string, unknown> = {};
  for (const name of names) {
    const parsed = z.safeParse(variables[name], process.env[name]);
    if (parsed.success) config[name] = parsed.data;
    else wrong.push(`${name}: ${parsed.error.issues[0]?.message ?? 'invalid'}`);
  }
  if (wrong.length > 0) throw new Error(`configuration: ${wrong.join('; ')}`);
  return config as Config<Name>;
}
