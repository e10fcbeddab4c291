import type { Counts } from '../statistics/counts.ts';
import { spreadOf } from '../statistics/percentiles.ts';
import { figure, layOut, money } from '../statistics/table.ts';
import type { Comparison } from './compare.ts';
import type { PlacedOrders } from './place-orders.ts';
import type { FileTotals } from './plan.ts';

export interface ReplayReport {
  readonly file: FileTotals;
  readonly skus: number;
  readonly placed: PlacedOrders;
  readonly comparisons: readonly Comparison[];
  readonly faults: Counts;
  readonly throttled: number;
}

const verdicts = { equal: 'equal', more: 'more: held for orders of an earlier, larger run', differs: 'DIFFERS' };

/** Lays out the report as lines of text. */
export function describeReplay({ file, skus, placed, comparisons, faults, throttled }: ReplayReport): string[] {
  const { ended, failed, seconds } = placed;
  const fresh = ended.filter(({ placedBefore }) => !placedBefore);
  const confirmed = fresh.filter(({ order }) => order.status === 'confirmed');
  const rows = [
    ['placed', figure(fresh.length)],
    ...(ended.length > fresh.length
      ? [['placed before', `${figure(ended.length - fresh.length)} (not ordered again)`]]
      : []),
    ...byOutcome(placed),
    ['faults', faults.total === 0 ? '0' : `${faults.total} (${faults.list().map(([name, n]) => `${name}: ${n}`)})`],
    ...(throttled > 0 ? [['throttled', figure(throttled)]] : []),
    ['failed', figure(failed.length)],
    ['orders/s', fresh.length === 0 ? 'none: nothing was new' : figure(fresh.length / seconds)],
    latency(
      'place, ms',
      fresh.map(({ placeMs }) => placeMs),
    ),
    latency(
      'place to confirmed, ms',
      confirmed.map(({ endMs }) => endMs),
    ),
  ];
  const table = comparisons.map(({ what, kind, file: inFile, system, verdict }) => {
    const show = kind === 'money' ? money : figure;
    return [what, show(inFile), show(system), verdicts[verdict]];
  });
  return [
    `${figure(file.orders)} orders, ${figure(file.fileLines)} lines, ${figure(file.products)} products in the file; ` +
      `${figure(skus)} SKUs, one a price at which a product was sold`,
    '',
    ...layOut(rows, [0, 1]),
    '',
    ...layOut([['', 'file', 'system', ''], ...table], [0, 3]),
  ];
}

function byOutcome({ ended, failed }: PlacedOrders): string[][] {
  const outcomes = new Map<string, number>();
  for (const { order } of ended) {
    const reason = order.rejection?.code ?? order.hold?.reason;
    const outcome = reason === undefined ? order.status : `${order.status} ${reason}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  for (const { reason } of failed) outcomes.set(`refused ${reason}`, (outcomes.get(`refused ${reason}`) ?? 0) + 1);
  return [...outcomes].map(([outcome, orders]) => [outcome, figure(orders)]);
}

function latency(name: string, values: readonly number[]): string[] {
  const spread = spreadOf(values);
  if (spread === undefined) return [name, 'not measured'];
  return [name, `p50 ${figure(spread.p50)}  p95 ${figure(spread.p95)}  p99 ${figure(spread.p99)}`];
}
