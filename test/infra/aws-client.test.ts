import { Retry } from '@smithy/core/retry';
import { describe, expect, test } from 'vitest';
import { bounds } from '../../functions/shared/aws/clients.ts';
import { entryPointOf, environmentOf, synthesize } from './synthesis.ts';

const app = synthesize({ stage: 'dev' });
const functions = app.ofType('AWS::Lambda::Function');

describe.each(['direct', 'sdk'])('with awsClient=%s', (awsClient) => {
  test('every function calls AWS this way', () => {
    const made = synthesize({ stage: 'dev', awsClient }).ofType('AWS::Lambda::Function');
    expect(made).toHaveLength(functions.length);
    for (const fn of made) expect.soft(environmentOf(fn).AWS_CLIENT, entryPointOf(fn)).toBe(awsClient);
  });
});

test('without the setting DynamoDB’s item commands are sent directly', () => {
  for (const fn of functions) expect.soft(environmentOf(fn).AWS_CLIENT, entryPointOf(fn)).toBe('direct');
});

/** Every try unanswered until its headers are due, then silent within its body, and the longest wait after each but the last. */
function longestCallMs(): number {
  let ms = 0;
  for (let tried = 1; tried <= bounds.tries; tried++) {
    ms += bounds.answerMs + bounds.silenceMs;
    if (tried < bounds.tries) ms += Math.max(Retry.throttlingDelay() * 2 ** (tried - 1), bounds.longestWishMs);
  }
  return ms;
}

/** That a function ends before its saga gives it up is in wiring.test.ts. */
describe('time limits', () => {
  test('a try has time to connect', () => {
    expect(bounds.connectMs).toBeLessThan(bounds.answerMs);
  });

  test('the longest call of an AWS service, with all tries and waits, ends before its function does', () => {
    expect(longestCallMs()).toBe(13_000);
    for (const fn of functions) {
      expect.soft(Number(fn.Properties.Timeout) * 1_000, entryPointOf(fn)).toBeGreaterThan(longestCallMs());
    }
  });
});
