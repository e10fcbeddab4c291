import { figure, layOut } from '../statistics/table.ts';
import type { GoalResults } from './goals.ts';
import type { SaleResult } from './sale-result.ts';
import { isAtRate, isAtShards } from './scenarios.ts';

export const sweepHeader = [
  'requests/s',
  'shards',
  'way',
  'sold',
  'sales/s',
  'sold out, s',
  'p50 / p99, ms',
  'write units a sale',
  'conflicts',
  'throttles',
  'wrong denials',
  'gave up',
];

/** The rows of the table: results over rates, then results over shards. */
export function sweepRows(results: readonly SaleResult[]): string[][] {
  const overRates = results.filter(isAtRate).sort((a, b) => a.perSecond - b.perSecond);
  const overShards = results.filter((each) => isAtShards(each) && !isAtRate(each)).sort((a, b) => a.shards - b.shards);
  return [...overRates, ...overShards].map((result) => [
    figure(result.perSecond),
    String(result.shards),
    ...saleFigures(result.algorithm, result),
  ]);
}

function saleFigures(way: string, result: SaleResult): string[] {
  return [
    way,
    `${figure(result.sold)} of ${figure(result.units)}`,
    figure(Math.round(result.salesPerSecond)),
    result.sellOutSeconds === undefined ? 'never' : figure(result.sellOutSeconds),
    `${figure(Math.round(result.soldMs?.p50 ?? 0))} / ${figure(Math.round(result.soldMs?.p99 ?? 0))}`,
    figure(result.writeUnitsPerSale),
    figure(result.conflicts),
    figure(result.throttles),
    `${figure(result.wrongDenials)} (${figure(result.strictlyWrongDenials)})`,
    figure(result.failed),
  ];
}

export const unpreparedHeader = sweepHeader.slice(2);

/** The rows of the sales of an unprepared SKU: without growth, then with it. */
export function unpreparedRows(results: readonly SaleResult[]): string[][] {
  return results.map((result, index) => saleFigures(index === 0 ? 'fixed' : 'grows', result));
}

export function describeUnprepared(results: readonly SaleResult[]): string[] {
  const [first] = results;
  const title = `Simulated: an unprepared SKU at ${figure(first?.perSecond ?? 0)} requests/s, with a fixed shard and with growth`;
  return [title, '', ...layOut([unpreparedHeader, ...unpreparedRows(results)], [0])];
}

export function describeSweep(results: readonly SaleResult[]): string[] {
  return [
    'Simulated: T, J and the naive way over requests/s and over shards',
    '',
    ...layOut([sweepHeader, ...sweepRows(results)], [2]),
    '',
    'Wrong denials: while something was for sale throughout the last 250 ms and the time of a read (at the very moment).',
  ];
}

export function describeGoalRuns({ sale, releases, troubled, scaling }: GoalResults): string[] {
  const line = (
    name: string,
    { soldMs, writeUnitsPerSale, readUnitsPerSale, throttles, failed, environments }: SaleResult,
  ) =>
    `${name}: p50 / p99 of a sale ${figure(Math.round(soldMs?.p50 ?? 0))} / ${figure(Math.round(soldMs?.p99 ?? 0))} ms, ` +
    `${figure(writeUnitsPerSale)} write and ${figure(readUnitsPerSale)} read units a sale, ${figure(throttles)} throttles, ` +
    `${figure(failed)} gave up, ${figure(environments)} environments`;
  return [
    line('Sale', sale),
    line('With releases', releases),
    `  denied while anything was for sale at that very moment: ${figure(releases.strictlyWrongDenials)} of ${figure(releases.denied)}`,
    line('With trouble', troubled),
    `Sales/s by shards: ${scaling.map(({ shards, salesPerSecond }) => `${shards}: ${figure(Math.round(salesPerSecond))}`).join(', ')}`,
  ];
}
