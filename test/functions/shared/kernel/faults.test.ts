import { ConditionalCheckFailedException, ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { isTransient, TransientFault } from '../../../../functions/shared/kernel/faults.ts';
import { isRefusal, refuse } from '../../../../functions/shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../../../functions/shared/kernel/time.ts';

const aws = (httpStatusCode: number) =>
  new ConditionalCheckFailedException({ message: '', $metadata: { httpStatusCode } });
const named = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more });

describe('a fault', () => {
  it.each([
    ['is one of ours', new TransientFault('busy')],
    ['is a throttle', new ProvisionedThroughputExceededException({ message: '', $metadata: {} })],
    ['is a timeout', named('TimeoutError')],
    ['is a cut connection', named('Error', { code: 'ECONNRESET' })],
    ['is an answer of 500', aws(500)],
    ['is an answer of 503', aws(503)],
    ['is an answer of 429', aws(429)],
    ['is one that the SDK would retry', named('Error', { $retryable: {} })],
    ['has such a cause', new Error('wrapped', { cause: new Error('again', { cause: named('TimeoutError') }) })],
  ])('may pass when it %s', (_, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['a failed condition', aws(400)],
    ['a name that only looks like one', named('Timeout')],
    ['no error at all', 'TimeoutError'],
    ['nothing', undefined],
  ])('does not pass when it is %s', (_, error) => {
    expect(isTransient(error)).toBe(false);
  });

  it('that is its own cause is examined once', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(isTransient(error)).toBe(false);
  });
});

describe('a refusal', () => {
  it('is distinguished from every other answer', () => {
    expect(isRefusal(refuse('NOT_FOUND', 'No.'))).toBe(true);
    for (const answer of [undefined, null, [], {}, 'refused', 0]) expect(isRefusal(answer)).toBe(false);
  });

  it('has field errors only when there are some', () => {
    expect(refuse('X', 'No.')).toEqual({ refused: { code: 'X', detail: 'No.' } });
    const errors = [{ path: 'a', message: 'b' }];
    expect(refuse('X', 'No.', errors)).toEqual({ refused: { code: 'X', detail: 'No.', errors } });
  });
});

describe('an instant', () => {
  it('is written with milliseconds in UTC, so that text sorts as time', () => {
    expect(toInstant(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(addSeconds('2026-12-31T23:59:30.500Z' as Instant, 60)).toBe('2027-01-01T00:00:30.500Z');
  });
});
