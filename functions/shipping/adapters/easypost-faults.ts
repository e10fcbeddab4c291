import * as z from 'zod/mini';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { BookingRefusal } from '../commands/carrier-gateway.ts';

/** The SDK's errors about answers of the gateway. The SDK does not export their classes. */
const apiError = z.object({ statusCode: z.int(), code: z.optional(z.nullable(z.string())) });
export type ApiError = z.output<typeof apiError>;

/** The error as an answer outside 2xx, or undefined when it is another kind of error. */
export function apiErrorOf(error: unknown): ApiError | undefined {
  if (!(error instanceof Error)) return undefined;
  const parsed = z.safeParse(apiError, error);
  return parsed.success ? parsed.data : undefined;
}

/** EasyPost's error object: `{"error": {"code": "…", "message": …, "errors": […]}}`. */
const errorBody = z.object({ error: z.object({ code: z.optional(z.unknown()) }) });

/**
 * What is kept of the body of an answer outside 2xx: the code. The message may quote an address. An answer without EasyPost's
 * error object gets a code of its own that no answer of EasyPost has.
 */
export function keptErrorDetails(statusCode: number, body: unknown): { code: string | undefined; message: string } {
  const parsed = z.safeParse(errorBody, body);
  const code = parsed.success ? parsed.data.error.code : foreignCode(statusCode);
  return { code: typeof code === 'string' ? code : undefined, message: '' };
}

function foreignCode(statusCode: number): string {
  return `HTTP_${statusCode}`;
}

/** True for an answer that is not EasyPost's: a proxy in between wrote it, and the gateway may not have seen the request. */
function isForeign({ statusCode, code }: ApiError): boolean {
  return code === foreignCode(statusCode);
}

/** True when the gateway did not accept the API key. */
export function isKeyRefused({ statusCode }: ApiError): boolean {
  return statusCode === 401;
}

/** True when EasyPost has no such shipment. A 404 of a proxy that does not know the path says nothing about the shipment. */
export function isUnknownShipment(error: ApiError): boolean {
  return error.statusCode === 404 && !isForeign(error);
}

/** True when the label was bought before: by another run, or by this one when it did not receive the answer. */
export function isAlreadyBought({ code }: ApiError): boolean {
  return code === 'SHIPMENT.POSTAGE.EXISTS';
}

/** The refusal that an error of a booking stands for; undefined when the outcome is unknown. */
export function bookingRefusalOf(error: ApiError): BookingRefusal | undefined {
  const { statusCode, code } = error;
  if ((statusCode !== 400 && statusCode !== 422) || isForeign(error)) return undefined;
  if (code?.startsWith('ADDRESS.')) return refuse('ADDRESS_REFUSED', `The carrier refused the address (${code}).`);
  return refuse('CARRIER_REFUSED', `No carrier takes the shipment (${code ?? statusCode}).`);
}

const transientStatuses = new Set([408, 409, 425, 429]);

/**
 * The fault that the state machines see for an answer outside 2xx. A refused API key counts as transient: a rotated key is
 * read again before the next attempt.
 */
export function faultOf(error: ApiError): Error {
  const message = `carrier gateway: ${error.code ?? 'no code'} (${error.statusCode})`;
  const isTransient = error.statusCode >= 500 || transientStatuses.has(error.statusCode) || isKeyRefused(error);
  return isTransient ? new TransientFault(message) : new Error(message);
}

/**
 * The fault for a request without a usable answer: no connection, a connection that was cut, a timeout, an encoding that
 * cannot be read. Errors of Node and of superagent have a code. All other errors are returned as they are.
 */
export function connectionFaultOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || apiErrorOf(error) !== undefined) return error;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? new TransientFault(`carrier gateway: no answer (${code})`) : error;
}
