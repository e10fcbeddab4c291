import * as z from 'zod/mini';
import { definitionOf } from '../../events/catalog.ts';

export type ReasonCode =
  | 'unknown_event_version'
  | 'malformed'
  | 'too_large'
  | 'throttled'
  | 'timeout'
  | 'access_denied'
  | 'not_found'
  | 'unreachable'
  | 'retries_exhausted'
  | 'not_consumed'
  | 'defect'
  | 'unknown';

/** Why something failed: a code to count by, and what the message or the failing service says. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

/** The first pattern that an error's text matches gives its code. */
const patterns: readonly (readonly [ReasonCode, RegExp])[] = [
  ['unknown_event_version', /unknown event \w+\.v\d+|expected \w+\.v\d+, got/],
  ['too_large', /too large|TooLarge|maximum allowed size|exceeds the maximum|RequestEntityTooLarge/i],
  ['throttled', /throttl|TooManyRequests|rate exceeded|ThroughputExceeded|RequestLimitExceeded/i],
  ['timeout', /timed out|timeout|ETIMEDOUT/i],
  ['access_denied', /AccessDenied|not authorized|NO_PERMISSIONS/i],
  ['not_found', /NO_RESOURCE|ResourceNotFound|QueueDoesNotExist|NonExistentQueue/],
  [
    'unreachable',
    /CONNECTION_FAILURE|SDK_CLIENT_ERROR|ECONNRE|EPIPE|InternalServerError|ServiceUnavailable|INTERNAL_ERROR/,
  ],
  ['malformed', /Zod\w*Error|SyntaxError|MalformedDetail|InvalidArgument/],
];

/**
 * The reason in the text of an error.
 *
 * @param otherwise the code of a text that matches no pattern
 */
export function reasonIn(text: string, otherwise: ReasonCode = 'defect'): Reason {
  const found = patterns.find(([, pattern]) => pattern.test(text))?.[0];
  const isEmpty = text === '' || text === 'unknown';
  return { code: found ?? (isEmpty ? 'unknown' : otherwise), text: text === '' ? 'nothing is known' : text };
}

const busMessage = z.object({
  detail: z.object({ type: z.string(), version: z.int(), data: z.record(z.string(), z.unknown()) }),
});

/**
 * Why a message of a queue may not have been consumed, as far as the message itself shows it: SQS does not say what the
 * consumer threw.
 */
export function reasonInEvent(body: string, consumer: string): Reason {
  const parsed = z.safeParse(busMessage, json(body));
  if (!parsed.success) return { code: 'malformed', text: 'the message is not an event of the bus' };
  const { type, version, data } = parsed.data.detail;
  try {
    const isValid = z.safeParse(definitionOf(type, version).data, data).success;
    if (!isValid) return { code: 'malformed', text: `the data of ${type}.v${version} do not have its form` };
  } catch (error) {
    return reasonIn((error as Error).message);
  }
  return { code: 'not_consumed', text: `${type}.v${version} is valid: the log of ${consumer} says what failed` };
}

/** The value of a JSON text; undefined for any other text. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
