import { describe, expect, test } from 'vitest';
import { describeFiles } from '../../bench/replay/describe-files.ts';
import type { PlannedOrder } from '../../bench/replay/order-body.ts';
import { describeReplay, type ReplayReport } from '../../bench/replay/report.ts';
import { SystemTally } from '../../bench/replay/system-tally.ts';
import { Counts } from '../../bench/statistics/counts.ts';
import { planOf, writeCsv } from '../support/sale-files.ts';

function tally(change: Partial<SystemTally> = {}): SystemTally {
  return Object.assign(new SystemTally(), { fresh: 2, placeMs: [10, 10], confirmedMs: [40, 40], ...change });
}

function report(change: Partial<ReplayReport>): string {
  return describeReplay({
    system: tally(),
    comparisons: [{ what: 'goods', currency: 'USD', expected: 123_456, system: 123_456, verdict: 'equal' }],
    faults: new Counts(),
    throttled: 0,
    seconds: 2,
    ...change,
  }).join('\n');
}

describe('the report of a replay', () => {
  test('shows rate, latencies and money with its difference', () => {
    const text = report({});
    expect(text).toMatch(/orders\/s +1$/m);
    expect(text).toMatch(/place, ms +p50 10 {2}p95 10 {2}p99 10$/m);
    expect(text).toMatch(/goods, USD +1,234\.56 +1,234\.56 +0\.00 +equal$/m);
  });

  test('shows money in the digits of its currency', () => {
    const yen = { what: 'goods', currency: 'JPY', expected: 1_500, system: 1_400, verdict: 'differs' } as const;
    expect(report({ comparisons: [yen] })).toMatch(/goods, JPY +1,500 +1,400 +-100 +DIFFERS$/m);
  });

  test('counts outcomes', () => {
    const system = tally();
    system.outcomes.add('confirmed');
    system.outcomes.add('rejected OUT_OF_STOCK');
    const text = report({ system });
    expect(text).toMatch(/rejected OUT_OF_STOCK +1$/m);
    expect(text).toMatch(/^confirmed +1$/m);
  });

  test('counts orders of an earlier run separately, without a rate', () => {
    const text = report({ system: tally({ fresh: 0, placedBefore: 2, placeMs: [], confirmedMs: [] }) });
    expect(text).toMatch(/^placed +0$/m);
    expect(text).toMatch(/^placed before +2 \(not ordered again\)$/m);
    expect(text).toMatch(/orders\/s +none: nothing was new$/m);
    expect(text).toMatch(/place, ms +not measured$/m);
  });

  test('names faults, and refused placements with their sales', () => {
    const faults = new Counts();
    faults.add('POST /orders 503 UNAVAILABLE', 2);
    const system = tally();
    for (const number of '1234567') system.failed({ number } as PlannedOrder, 'UNKNOWN_SKU');
    const text = report({ faults, system });
    expect(text).toMatch(/faults +2 \(POST \/orders 503 UNAVAILABLE: 2\)$/m);
    expect(text).toMatch(/^refused UNKNOWN_SKU +7 \(1, 2, 3, 4, 5, …\)$/m);
  });
});

describe('the report of the files', () => {
  test('shows sales, rows and money by what becomes of them', async () => {
    const row = (fields: Record<string, string>) => ({
      InvoiceNo: '1',
      StockCode: '22752',
      Description: 'BOX',
      Quantity: '2',
      InvoiceDate: '2010-12-01 08:26',
      UnitPrice: '0.125',
      CustomerID: '7',
      Country: 'France',
      ...fields,
    });
    const rows = [
      row({}),
      row({ StockCode: 'POST', UnitPrice: '18' }),
      row({ InvoiceNo: '2', CustomerID: '' }),
    ] as const;
    const file = writeCsv(
      ...rows,
      row({ InvoiceNo: 'C3', Quantity: '-1' }),
      row({ InvoiceNo: '4', UnitPrice: '0.1275' }),
    );
    const text = describeFiles((await planOf('online-retail', [file])).file).join('\n');
    expect(text).toMatch(/^files +4 +5 +36\.63$/m);
    expect(text).toMatch(/^become orders +2 +2 +0\.505$/m);
    expect(text).toMatch(/^returns +1 +1 +-0\.125 +counted, not placed$/m);
    expect(text).toMatch(/^sale refused: NO_CUSTOMER +1 +1 +0\.25 +no customer is named$/m);
    expect(text).toMatch(/^row left out: POSTAGE +1 +36\.00 +postage/m);
    expect(text).toMatch(/^sales, without returns +3 +2$/m);
    expect(text).toMatch(/^1 rows with a fraction .* rounded half up: 0\.005 GBP in all$/m);
    expect(text).toMatch(/^1 rows whose amount is no multiple/m);
  });
});
