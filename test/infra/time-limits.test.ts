import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { moneyTimeoutMs, timeoutMs as quickTimeoutMs } from '../../functions/payments/adapters/stripe-client.ts';
import { bounds } from '../../functions/shared/aws/clients.ts';
import { effectTimeoutMs, readTimeoutMs } from '../../functions/shipping/adapters/easypost-client.ts';
import { entryPointOf, environmentOf, type Resource, synthesize } from './synthesis.ts';

/**
 * Each time limit ends before the one around it: a call of a client, its function, the state of a saga or the API around the
 * function, the queue. `aws-client.test.ts` has the AWS clients' sum, `wiring.test.ts` the states of the sagas and
 * `failures.test.ts` the queues.
 */
const app = synthesize({ stage: 'dev' });
const functions = app.ofType('AWS::Lambda::Function');

const timeoutMs = (fn: Resource) => Number(fn.Properties.Timeout) * 1_000;
const named = (entryPoint: string) => {
  const fn = functions.find((each) => entryPointOf(each).endsWith(entryPoint));
  if (!fn) throw new Error(`no function ${entryPoint}`);
  return fn;
};
const withVariable = (name: string) => functions.filter((fn) => environmentOf(fn)[name] !== undefined);

/** HTTP APIs give up an integration after this time, and it cannot be raised. */
const integrationMs = 30_000;
/** Lambda's maximum. */
const lambdaMs = 900_000;

describe('a call of a gateway ends before its function', () => {
  test('of the payment gateway: a request that moves money, and the three others of a void', () => {
    expect(withVariable('PAYMENT_ENDPOINT').length).toBeGreaterThan(2);
    for (const fn of withVariable('PAYMENT_ENDPOINT')) {
      expect.soft(moneyTimeoutMs + 3 * quickTimeoutMs, entryPointOf(fn)).toBeLessThan(timeoutMs(fn));
    }
  });

  test('of the carrier gateway: a request with an effect, and a look at its outcome', () => {
    expect(withVariable('CARRIER_ENDPOINT').length).toBeGreaterThan(1);
    for (const fn of withVariable('CARRIER_ENDPOINT')) {
      expect.soft(effectTimeoutMs + readTimeoutMs, entryPointOf(fn)).toBeLessThan(timeoutMs(fn));
    }
  });
});

test('a function behind the API ends before the API gives it up', () => {
  const integrations = app.ofType('AWS::ApiGatewayV2::Integration');
  expect(integrations.length).toBeGreaterThan(10);
  for (const { Properties } of integrations) {
    const fn = app.target(Properties.IntegrationUri);
    const limitMs = Number(Properties.TimeoutInMillis ?? integrationMs);
    expect.soft(timeoutMs(fn), entryPointOf(fn)).toBeLessThan(limitMs);
  }
});

test('no function has more time than Lambda gives', () => {
  for (const fn of functions) expect.soft(timeoutMs(fn), entryPointOf(fn)).toBeLessThanOrEqual(lambdaMs);
});

/** Functions that go on until a time of their own, which the longest call may follow. */
test.each([
  ['inventory/rebalance-stock', 'functions/inventory/sharding/commands/rebalance-while-active.ts', 'runMs'],
  ['fulfillment/audit-stock', 'functions/fulfillment/audit-stock.ts', 'scanMs'],
])('%s ends its work before it is ended', (entryPoint, file, constant) => {
  const limit = new RegExp(`const ${constant} = ([\\d_]+);`).exec(readFileSync(file, 'utf8'))?.[1] ?? 'not found';
  const longestCallMs = bounds.tries * (bounds.answerMs + bounds.silenceMs) + bounds.longestWishMs;
  expect(Number(limit.replaceAll('_', '')) + longestCallMs).toBeLessThan(timeoutMs(named(entryPoint)));
});
