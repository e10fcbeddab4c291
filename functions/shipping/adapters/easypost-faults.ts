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

/** Codes of EasyPost: upper-case words, divided by dots (`ADDRESS.VERIFY.FAILURE`). */
const codePattern = /^[A-Z][A-Z0-9_]*(\.[A-Z0-9_]+)*$/;

/** EasyPost's error object: `{"error": {"code": "…", "message": …, "errors": […]}}`. */
const errorBody = z.object({ error: z.object({ code: z.string().check(z.regex(codePattern)) }) });

/** The code of an answer that is not EasyPost's. No answer of EasyPost has it. */
const foreignCode = 'foreign answer';

/**
 * What is kept of the body of an answer outside 2xx: the code. The message may quote an address. An answer without
 * EasyPost's error object, or with a status that is no error, gets a code of its own.
 */
export function keptErrorDetails(statusCode: number, body: unknown): { code: string; message: string } {
  const parsed = z.safeParse(errorBody, body);
  return { code: statusCode >= 400 && parsed.success ? parsed.data.error.code : foreignCode, message: '' };
}

/** True for an answer that is not EasyPost's: a proxy in between wrote it, and the gateway may not have seen the request. */
function isForeign({ code }: ApiError): boolean {
  return code === foreignCode;
}

/** True when the gateway did not accept the API key. */
export function isKeyRefused({ statusCode }: ApiError): boolean {
  return statusCode === 401;
}

/** True when EasyPost has no such shipment. A 404 of a proxy that does not know the path says nothing about the shipment. */
export function isUnknownShipment({ statusCode, code }: ApiError): boolean {
  return statusCode === 404 && code === 'NOT_FOUND';
}

/** True when the label was bought before: by another run, or by this one when it did not receive the answer. */
export function isAlreadyBought(error: ApiError): boolean {
  return isClientError(error) && error.code === 'SHIPMENT.POSTAGE.EXISTS';
}

function isClientError({ statusCode }: ApiError): boolean {
  return statusCode === 400 || statusCode === 422;
}

/** Codes that begin so are about the parcel, its carriers or its addresses. Others are about the request or the account. */
const refusalPattern = /^(SHIPMENT|RATE|PARCEL|CARRIER_ACCOUNT|CUSTOMS_INFO|CUSTOMS_ITEM)\./;

/** The refusal that an error of a booking stands for; undefined when it is a fault. */
export function bookingRefusalOf(error: ApiError): BookingRefusal | undefined {
  const code = error.code ?? '';
  if (!isClientError(error)) return undefined;
  if (code.startsWith('ADDRESS.')) return refuse('ADDRESS_REFUSED', `The carrier refused the address (${code}).`);
  return refusalPattern.test(code) ? refuse('CARRIER_REFUSED', `No carrier takes the shipment (${code}).`) : undefined;
}

const transientStatuses = new Set([408, 409, 425, 429]);

/**
 * The fault that the state machines see for an answer outside 2xx. A refused API key counts as transient: a rotated key is
 * read again before the next attempt. So does an answer that is not EasyPost's: the outcome is unknown.
 */
export function faultOf(error: ApiError): Error {
  const message = `carrier gateway: ${error.code ?? 'no code'} (${error.statusCode})`;
  const isTransient =
    error.statusCode >= 500 || transientStatuses.has(error.statusCode) || isKeyRefused(error) || isForeign(error);
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
