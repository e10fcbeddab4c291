import { describe, expect, test } from 'vitest';
import type { OrderCost } from '../../bench/cost/order-use.ts';
import type { LoadResult } from '../../bench/load/run-load.ts';
import { defectsOf, type RushResult } from '../../bench/load/rush.ts';
import { readBenchOptions } from '../../bench/options.ts';
import { describeLoads, describeVerdicts } from '../../bench/report/describe.ts';
import { describeCosts } from '../../bench/report/describe-costs.ts';
import type { BenchResults } from '../../bench/report/results.ts';
import { verdictsOf } from '../../bench/report/verdicts.ts';
import { Counts } from '../../bench/statistics/counts.ts';

const machine = { processors: '2 x any', node: '24', loadAverage: 0 };
const spread = { count: 1, p50: 20, p95: 25, p99: 30, max: 31 };
const load: LoadResult = {
  clients: 8,
  seconds: 20,
  orders: 1_200,
  ordersPerSecond: 60,
  place: spread,
  placeToConfirmed: spread,
  placeToDispatched: spread,
  cpuMsPerOrder: { runner: 20, store: 10, client: 3 },
  pollsPerOrder: 2.5,
  othersShare: 0.04,
  failures: new Counts(),
};
const cost: OrderCost = {
  use: {
    apiCalls: 1,
    invocations: 9,
    lambdaGbSeconds: 0.1,
    executions: 1,
    transitions: 4,
    executionSeconds: 0.1,
    writeUnits: 21,
    readUnits: 2,
    events: 5,
    sqsRequests: 3,
    logBytes: 0,
  },
  functions: [
    {
      name: 'book-shipment',
      invocations: 1,
      durationMs: 30,
      memoryMb: 512,
      storeCalls: 1,
      writeUnits: 21,
      readUnits: 2,
    },
  ],
  tables: [{ name: 'Orders', calls: 2, writeUnits: 21, readUnits: 2 }],
  sandbox: { functions: [], tables: [] },
};
const results: BenchResults = {
  measuredAt: '2026-11-22T00:00:00.000Z',
  machine,
  loads: [{ ...load, clients: 32, ordersPerSecond: 1 }, load],
  costs: { alone: cost, together: cost, dispatch: cost },
};
const verdict = (what: string, of: BenchResults = results) => verdictsOf(of).find((each) => each.what.startsWith(what));

describe('a measured figure and its budget', () => {
  test('a figure over its budget is SHORT', () => {
    expect(verdict('write units')).toMatchObject({ measured: 21, budget: 20, verdict: 'SHORT' });
    expect(verdict('read units')).toMatchObject({ measured: 2, budget: 8, verdict: 'ok' });
  });

  test('throughput and processor time are compared for 8 clients, with the store and without the client', () => {
    expect(verdict('orders/s')).toMatchObject({ measured: 60, budget: 50, verdict: 'ok' });
    expect(verdict('CPU ms')).toMatchObject({ measured: 30, budget: 35, verdict: 'ok' });
  });

  test('a figure equal to its budget is ok', () => {
    expect(verdict('orders/s', { ...results, loads: [{ ...load, ordersPerSecond: 50 }] })?.verdict).toBe('ok');
  });

  test('a part that was not measured has no verdict', () => {
    expect(verdictsOf({ measuredAt: '', machine })).toEqual([]);
  });

  test('the table shows both figures', () => {
    const text = describeVerdicts(verdictsOf(results)).join('\n');
    expect(text).toMatch(/^write units an order +21 +<= 20 +SHORT$/m);
    expect(text).toMatch(/^orders\/s, whole flow, 8 clients +60 +>= 50 +ok$/m);
  });
});

describe('the tables', () => {
  test('the peers follow, with a note on what they do in addition', () => {
    const text = describeLoads([load], undefined).join('\n');
    expect(text).toContain('Vendure');
    expect(text).toContain('do more per order');
  });

  test('a failed flow is listed', () => {
    const failures = new Counts();
    failures.add('ord_1 is on_hold', 2);
    expect(describeLoads([{ ...load, failures }], undefined)).toContain(
      'FAULT with 8 clients, 2 times: ord_1 is on_hold',
    );
  });

  test('the price is the sum of its terms', () => {
    const text = describeCosts({ alone: cost, together: cost, dispatch: cost }).join('\n');
    expect(text).toMatch(/^state transitions +4 +25 +100\.00 +100\.00$/m);
    expect(text).toMatch(/^Express executions +1 +1 +1\.00 +1\.00$/m);
  });
});

describe('a rush is checked against the gateways', () => {
  const outcomes = new Counts();
  outcomes.add('confirmed', 100);
  outcomes.add('rejected OUT_OF_STOCK', 200);
  const good: Omit<RushResult, 'defects'> = {
    buyers: 300,
    units: 100,
    seconds: 1,
    outcomes,
    faults: 0,
    stock: { onHand: 100, available: 0, reserved: 100 },
    payments: { confirmed: 100, leftOver: 0 },
    parcels: { confirmed: 100, leftOver: 0 },
    deadLetters: 0,
  };

  test('without a violated expectation it has no defects', () => {
    expect(defectsOf(good)).toEqual([]);
  });

  test.each<[string, Partial<RushResult>]>([
    ['faults', { faults: 1 }],
    ['units reserved', { stock: { onHand: 100, available: 0, reserved: 101 } }],
    ['payments left over', { payments: { confirmed: 100, leftOver: 1 } }],
    ['parcels left over', { parcels: { confirmed: 100, leftOver: 1 } }],
    ['dead letters', { deadLetters: 1 }],
    ['confirmed', { outcomes: new Counts() }],
  ])('%s are found', (what, change) => {
    expect(defectsOf({ ...good, ...change }).some((defect) => defect.startsWith(what))).toBe(true);
  });
});

describe('options of the benchmark', () => {
  test('everything is measured by default', () => {
    expect(readBenchOptions([]).only).toEqual(['load', 'idle', 'rush', 'cost', 'bundles']);
    expect(readBenchOptions(['--only', 'cost,rush']).only).toEqual(['cost', 'rush']);
  });

  test('an unknown part is refused by name', () => {
    expect(() => readBenchOptions(['--only', 'speed'])).toThrow('speed');
  });
});
