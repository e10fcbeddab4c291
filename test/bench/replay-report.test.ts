import { describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { EndedOrder } from '../../bench/replay/place-orders.ts';
import type { PlannedOrder } from '../../bench/replay/plan.ts';
import { describeReplay, type ReplayReport } from '../../bench/replay/report.ts';
import { Counts } from '../../bench/statistics/counts.ts';

const planned = { number: 'A' } as PlannedOrder;
const ended = (order: Partial<OrderResource>, placedBefore = false): EndedOrder => ({
  planned,
  order: { status: 'confirmed', ...order } as OrderResource,
  placedBefore,
  placeMs: 10,
  endMs: 40,
});

function report(change: Partial<ReplayReport>): string {
  return describeReplay({
    file: { orders: 2, fileLines: 3, products: 1, productsInOrders: 2, lines: 3, units: 5, subtotalMinor: 123_456 },
    skus: 2,
    placed: { ended: [ended({}), ended({})], failed: [], seconds: 2 },
    comparisons: [{ what: 'money, USD', kind: 'money', file: 123_456, system: 123_456, verdict: 'equal' }],
    faults: new Counts(),
    throttled: 0,
    ...change,
  }).join('\n');
}

describe('the report of a replay', () => {
  test('shows rate, latencies and money', () => {
    const text = report({});
    expect(text).toMatch(/orders\/s +1$/m);
    expect(text).toMatch(/place, ms +p50 10 {2}p95 10 {2}p99 10$/m);
    expect(text).toMatch(/money, USD +1,234\.56 +1,234\.56 +equal$/m);
  });

  test('counts rejections by their code', () => {
    const rejected = ended({ status: 'rejected', rejection: { code: 'OUT_OF_STOCK', detail: '' } });
    const text = report({ placed: { ended: [ended({}), rejected], failed: [], seconds: 1 } });
    expect(text).toMatch(/rejected OUT_OF_STOCK +1$/m);
    expect(text).toMatch(/^confirmed +1$/m);
  });

  test('counts orders of an earlier run separately, without a rate', () => {
    const text = report({ placed: { ended: [ended({}, true), ended({}, true)], failed: [], seconds: 1 } });
    expect(text).toMatch(/^placed +0$/m);
    expect(text).toMatch(/^placed before +2 \(not ordered again\)$/m);
    expect(text).toMatch(/orders\/s +none: nothing was new$/m);
    expect(text).toMatch(/place, ms +not measured$/m);
  });

  test('names faults and failed placements', () => {
    const faults = new Counts();
    faults.add('POST /orders 503 UNAVAILABLE', 2);
    const failed = [{ planned, reason: 'UNKNOWN_SKU' }];
    const text = report({ faults, placed: { ended: [ended({})], failed, seconds: 1 } });
    expect(text).toMatch(/faults +2 \(POST \/orders 503 UNAVAILABLE: 2\)$/m);
    expect(text).toMatch(/^refused UNKNOWN_SKU +1$/m);
  });

  test('marks a difference in capitals', () => {
    const comparison = { what: 'units', kind: 'count', file: 5, system: 4, verdict: 'differs' } as const;
    expect(report({ comparisons: [comparison] })).toMatch(/units +5 +4 +DIFFERS$/m);
  });
});
