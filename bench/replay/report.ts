import { currencyDigits } from '../../api/iso-codes.ts';
import type { Counts } from '../statistics/counts.ts';
import { spreadOf } from '../statistics/percentiles.ts';
import { figure, layOut, money } from '../statistics/table.ts';
import type { Comparison } from './compare.ts';
import type { SystemTally } from './system-tally.ts';

export interface ReplayReport {
  readonly system: SystemTally;
  readonly comparisons: readonly Comparison[];
  readonly faults: Counts;
  readonly throttled: number;
  readonly seconds: number;
}

const verdicts = { equal: 'equal', more: 'more: held for orders of an earlier, larger run', differs: 'DIFFERS' };

/** Lays out what was placed, and the comparison, as lines of text. */
export function describeReplay({ system, comparisons, faults, throttled, seconds }: ReplayReport): string[] {
  const { fresh, placedBefore, outcomes, failures } = system;
  const rows = [
    ['placed', figure(fresh)],
    ...(placedBefore > 0 ? [['placed before', `${figure(placedBefore)} (not ordered again)`]] : []),
    ...outcomes.list().map(([outcome, orders]) => [outcome, figure(orders)]),
    ...[...failures].map(([reason, { count, examples }]) => [
      `refused ${reason}`,
      `${figure(count)} (${examples.join(', ')}${count > examples.length ? ', …' : ''})`,
    ]),
    ['faults', faults.total === 0 ? '0' : `${faults.total} (${faults.list().map(([name, n]) => `${name}: ${n}`)})`],
    ...(throttled > 0 ? [['throttled', figure(throttled)]] : []),
    ['orders/s', fresh === 0 ? 'none: nothing was new' : figure(fresh / seconds)],
    latency('place, ms', system.placeMs),
    latency('place to confirmed, ms', system.confirmedMs),
  ];
  return [
    ...layOut(rows, [0, 1]),
    '',
    ...layOut([['', 'expected', 'system', 'difference', ''], ...comparisons.map(comparisonRow)], [0, 4]),
  ];
}

function comparisonRow({ what, currency, expected, system, verdict }: Comparison): string[] {
  const show = (value: number) => (currency === undefined ? figure(value) : money(value, currencyDigits(currency)));
  const name = currency === undefined ? what : `${what}, ${currency}`;
  return [name, show(expected), show(system), show(system - expected), verdicts[verdict]];
}

function latency(name: string, values: readonly number[]): string[] {
  const spread = spreadOf(values);
  if (spread === undefined) return [name, 'not measured'];
  return [name, `p50 ${figure(spread.p50)}  p95 ${figure(spread.p95)}  p99 ${figure(spread.p99)}`];
}
