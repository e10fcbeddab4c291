import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

const text = z.string();
const maybe = z.optional(z.nullable(text));

/** An address with EasyPost's field names. */
const parcelAddress = z.object({
  name: maybe,
  street1: maybe,
  street2: maybe,
  city: maybe,
  state: maybe,
  zip: maybe,
  country: maybe,
  phone: maybe,
  email: maybe,
});
export type ParcelAddress = z.output<typeof parcelAddress>;

/** The body of a new shipment. */
export const newParcel = z.object({
  reference: maybe,
  to_address: parcelAddress,
  from_address: parcelAddress,
  parcel: z.object({ weight: z.number().check(z.positive()) }),
  carrier_accounts: z.optional(z.nullable(z.array(text))),
  options: z.optional(z.nullable(z.object({ print_custom_1: maybe, label_format: maybe }))),
});
export type NewParcel = z.output<typeof newParcel>;

/** The sandbox's record of one shipment. */
export interface Parcel {
  readonly id: string;
  readonly reference: string;
  /** Both are parsed from the reference; empty when it has another format. */
  readonly orderId: string;
  readonly shipmentId: string;
  readonly status: 'created' | 'bought' | 'refunded';
  readonly carrier: string;
  /** Empty until bought, as are `trackingCode` and `labelUrl`. */
  readonly service: string;
  readonly trackingCode: string;
  readonly labelUrl: string;
  readonly toCountry: string;
  readonly fromCountry: string;
  readonly createdAt: string;
  readonly boughtAt?: string;
  readonly refundedAt?: string;
  /** Id of the request that created the first parcel with this reference. */
  readonly request?: string;
  /** The request's body (`NewParcel`) as JSON. */
  readonly details: string;
}

export const carrierName = 'SandboxPost';

/** Price of a service in cents: a base and an amount per ounce. */
const services: Readonly<Record<string, { readonly base: number; readonly perOunce: number; readonly days: number }>> =
  {
    Economy: { base: 490, perOunce: 2, days: 5 },
    Priority: { base: 790, perOunce: 3, days: 2 },
    Express: { base: 1_990, perOunce: 5, days: 1 },
  };

export interface Rate {
  readonly id: string;
  readonly service: string;
  /** Dollars as decimal text, EasyPost's format. */
  readonly rate: string;
  readonly days: number;
}

/** The rates of all services; every service accepts every parcel. */
export function ratesFor(parcelId: string, weightOunces: number): Rate[] {
  return Object.entries(services).map(([service, { base, perOunce, days }]) => ({
    id: rateIdFor(parcelId, service),
    service,
    rate: ((base + Math.round(perOunce * weightOunces)) / 100).toFixed(2),
    days,
  }));
}

/** The service of a rate, or undefined when the rate does not belong to the parcel. */
export function serviceOf(rateId: string, parcelId: string): string | undefined {
  return Object.keys(services).find((service) => rateIdFor(parcelId, service) === rateId);
}

function rateIdFor(parcelId: string, service: string): string {
  return `rate_${hexOf(parcelId, service)}`;
}

/** The failure that the sandbox simulates for an address, selected by its postal code. */
export function quirkOf({ zip }: ParcelAddress): 'refused' | 'faulted' | 'lost_answer' | undefined {
  return { '00000': 'refused', '00001': 'faulted', '00002': 'lost_answer' }[zip ?? ''] as ReturnType<typeof quirkOf>;
}

const idDigits = 32;
const trackingDigits = 18;

/** `shp_` and 32 hex digits, derived from the parts. */
export function parcelIdFrom(...parts: readonly string[]): string {
  return `shp_${hexOf(...parts)}`;
}

/** Whether the text has the format of the gateway's ids. */
export function isParcelId(text: string): boolean {
  return /^shp_[0-9a-f]{32}$/.test(text);
}

/** 22 digits, the length of postal tracking codes; the same for the same shipment. */
export function trackingCodeFor(parcelId: string): string {
  const number = BigInt(`0x${hexOf('tracking', parcelId)}`) % 10n ** BigInt(trackingDigits);
  return `9400${number.toString().padStart(trackingDigits, '0')}`;
}

function hexOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, idDigits);
}
