import * as z from 'zod/mini';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { BookingRefusal } from '../commands/carrier-gateway.ts';

/** The SDK's errors about answers of the gateway; it does not export their classes. */
const apiError = z.object({ statusCode: z.int(), code: z.optional(z.nullable(z.string())) });
export type ApiError = z.output<typeof apiError>;

export function apiErrorOf(error: unknown): ApiError | undefined {
  if (!(error instanceof Error)) return undefined;
  const parsed = z.safeParse(apiError, error);
  return parsed.success ? parsed.data : undefined;
}

/** The code of an answer that does not have EasyPost's shape: a proxy in between spoke. */
export function detailsMissing(statusCode: number): string {
  return `HTTP_${statusCode}`;
}

export function isKeyRefused({ statusCode }: ApiError): boolean {
  return statusCode === 401;
}

/** Said by EasyPost itself, not by a proxy that does not know the path: then nothing is known about the shipment. */
export function isUnknownShipment({ statusCode, code }: ApiError): boolean {
  return statusCode === 404 && code !== detailsMissing(404);
}

/** Another run bought the label, or this one did and did not hear of it. */
export function isAlreadyBought({ code }: ApiError): boolean {
  return code === 'SHIPMENT.POSTAGE.EXISTS';
}

/** The refusal that an error of a booking stands for: the gateway understood, and says no. */
export function bookingRefusalOf({ statusCode, code }: ApiError): BookingRefusal | undefined {
  if (statusCode !== 400 && statusCode !== 422) return undefined;
  if (code?.startsWith('ADDRESS.')) return refuse('ADDRESS_REFUSED', `The carrier refused the address (${code}).`);
  return refuse('CARRIER_REFUSED', `No carrier takes the shipment (${code ?? statusCode}).`);
}

const passing = new Set([408, 409, 425, 429]);

/**
 * A fault as the state machines know it. The gateway's sentence is not kept: it may quote an address. A refused key
 * passes too, for a key that was rotated is read anew before the next attempt.
 */
export function faultOf(error: ApiError): Error {
  const said = `carrier gateway: ${error.code ?? 'no code'} (${error.statusCode})`;
  const mayPass = error.statusCode >= 500 || passing.has(error.statusCode) || isKeyRefused(error);
  return mayPass ? new TransientFault(said) : new Error(said);
}
