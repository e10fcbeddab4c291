import { describe, expect, test } from 'vitest';
import type { MeterReading } from '../../bench/cost/meter-reading.ts';
import { costPerOrder, withAssumedDurations, withStartAndEnd } from '../../bench/cost/order-use.ts';
import { priceTerms, usdOf } from '../../bench/cost/price.ts';

const use = {
  apiCalls: 1,
  invocations: 9,
  lambdaGbSeconds: 0.1,
  executions: 1,
  transitions: 6,
  executionSeconds: 0.25,
  writeUnits: 20,
  readUnits: 8,
  events: 2,
  sqsRequests: 3,
  logBytes: 4_000,
};

const functionUse = {
  memoryMb: 512,
  invocations: 10,
  errors: 0,
  coldStarts: 1,
  durationMs: 200,
  storeCalls: 30,
  readUnits: 5,
  writeUnits: 40,
};
const reading: MeterReading = {
  sinceMs: 1_000,
  apiCalls: 30,
  events: 20,
  sqsRequests: 30,
  functions: {
    PlaceOrder: functionUse,
    AuthorizePayment: { ...functionUse, storeCalls: 0, writeUnits: 0, readUnits: 0 },
    AnswerStripe: { ...functionUse, invocations: 20 },
    ResumeUnfinished: { ...functionUse, invocations: 0, storeCalls: 0 },
  },
  tables: {
    Orders: { calls: 30, readUnits: 5, writeUnits: 40 },
    Sandbox: { calls: 30, readUnits: 5, writeUnits: 99 },
  },
  stateMachines: { OrderSaga: { type: 'STANDARD', executions: 10, transitions: 40, durationMs: 2_500 } },
  cpuMs: { runner: 100, store: 50 },
};

describe('the price of a million orders', () => {
  // Bytes logged by the functions, and by AWS per invocation, API call and Express execution, at 0.50 USD a gigabyte.
  const logs = (4_000 + 9 * 350 + 500) / 2_000;

  test('follows the published formula, unit by unit', () => {
    // 1 A + 0.20 L + 13.33 L s GB + 25 T + 0.625 W + 0.125 R + 1 E + 0.40 Q + logs.
    const expected = 1 + 1.8 + 1.333 + 150 + 12.5 + 1 + 2 + 1.2 + logs;
    expect(usdOf(priceTerms(use, 'STANDARD'))).toBeCloseTo(expected, 9);
  });

  test('counts executions and time in place of transitions for Express, in steps of 100 ms and 64 MB', () => {
    const expected = 1 + 1.8 + 1.333 + (1 + 16.67 * 0.3 * (64 / 1024)) + 12.5 + 1 + 2 + 1.2 + logs + 4.5;
    expect(usdOf(priceTerms(use, 'EXPRESS'))).toBeCloseTo(expected, 9);
  });

  test('an Express execution of exactly 100 ms is billed as 100 ms', () => {
    const terms = priceTerms({ ...use, executionSeconds: 0.1 }, 'EXPRESS');
    expect(terms.find(({ what }) => what === 'Express GB-seconds')?.perOrder).toBeCloseTo(0.1 * (64 / 1024), 12);
  });
});

describe('a meter reading is divided by the orders', () => {
  const cost = costPerOrder(reading, 10, 1_000);

  test('each figure is an average per order', () => {
    expect(cost.use).toMatchObject({ invocations: 2, writeUnits: 4, readUnits: 0.5, events: 2, sqsRequests: 3 });
    expect(cost.use.lambdaGbSeconds).toBeCloseTo(2 * 0.02 * 0.5, 12);
    expect(cost.use.executionSeconds).toBeCloseTo(0.25, 12);
  });

  test('transitions are states entered; start and end can be added', () => {
    expect(cost.use.transitions).toBe(4);
    expect(withStartAndEnd(cost.use).transitions).toBe(6);
  });

  test('functions, table and API calls of the sandbox gateways are not counted', () => {
    expect(cost.use.apiCalls).toBe(1);
    expect(cost.functions.map(({ name }) => name)).toEqual(['place-order', 'authorize-payment']);
    expect(cost.tables.map(({ name }) => name)).toEqual(['Orders']);
    expect(cost.sandbox.functions.map(({ name }) => name)).toEqual(['answer-stripe']);
  });

  test('assumed durations are derived from the counted calls', () => {
    // place-order: 3 ms and 3 store calls of 6 ms; authorize-payment: 3 ms and 800 ms of the gateway.
    const seconds = (3 + 18 + 3 + 800) / 1000;
    expect(withAssumedDurations(cost).lambdaGbSeconds).toBeCloseTo(seconds * 0.5, 12);
    expect(withAssumedDurations(cost).executionSeconds).toBeCloseTo(0.803, 12);
  });
});
