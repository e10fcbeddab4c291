import type { MeasuredCosts } from '../cost/measure-cost.ts';
import {
  assumedMs,
  type FunctionShare,
  type OrderCost,
  type TableShare,
  withAssumedDurations,
} from '../cost/order-use.ts';
import { assumedLogBytes, priceTerms, type SagaType, usdOf } from '../cost/price.ts';
import { figure, layOut } from '../statistics/table.ts';

/** Lays out what an order uses by function and table, and its price by billed unit. */
export function describeCosts({ alone, together, dispatch }: MeasuredCosts): string[] {
  return [
    'Use per order of one line, place to confirmed, one at a time',
    '',
    ...breakdown(alone),
    '',
    'The same, many orders at once (batches carry several)',
    '',
    ...breakdown(together),
    '',
    'What the dispatch of the order adds: money captured, stock committed',
    '',
    ...breakdown(dispatch),
    '',
    ...describePrice(alone, 'STANDARD'),
    '',
    ...describePrice(alone, 'EXPRESS'),
    '',
    'Local durations differ from those in AWS. The assumed ones are the counted calls times',
    `${assumedMs.handler} ms a handler, ${assumedMs.storeCall} ms a DynamoDB call, ${assumedMs.serviceCall} ms PutEvents and StartExecution, ` +
      `${assumedMs.payment} ms the payment and ${assumedMs.booking} ms the booking.`,
    `Logs: what the functions printed, and assumed ${assumedLogBytes.invocation} bytes an invocation, ${assumedLogBytes.apiCall} an API ` +
      `call, ${assumedLogBytes.expressExecution} an Express execution.`,
    'Transitions: states entered, as AWS documents them; if start and end count too, Standard costs 50 USD more.',
  ];
}

function breakdown({ use, functions, tables, sandbox }: OrderCost): string[] {
  const { functions: sandboxFunctions, tables: sandboxTables } = sandbox;
  const total: FunctionShare = {
    name: 'in all',
    invocations: use.invocations,
    durationMs: sumOf(functions, 'durationMs'),
    memoryMb: 0,
    storeCalls: sumOf(functions, 'storeCalls'),
    writeUnits: sumOf(functions, 'writeUnits'),
    readUnits: sumOf(functions, 'readUnits'),
  };
  return [
    ...layOut([
      ['function', 'invocations', 'ms', 'store calls', 'write units', 'read units'],
      ...[...functions, total].map(functionRow),
      ...sandboxFunctions.map((share) => functionRow({ ...share, name: `(${share.name})` })),
    ]),
    '',
    ...layOut([
      ['table', 'calls', 'write units', 'read units'],
      ...tables.map(tableRow),
      ...sandboxTables.map((share) => tableRow({ ...share, name: `(${share.name})` })),
    ]),
    '',
    `transitions ${figure(use.transitions)}, events ${figure(use.events)}, SQS requests ${figure(use.sqsRequests)}, ` +
      `API calls ${figure(use.apiCalls)}, log bytes ${figure(Math.round(use.logBytes))}`,
  ];
}

function functionRow({ name, invocations, durationMs, storeCalls, writeUnits, readUnits }: FunctionShare): string[] {
  return [name, ...[invocations, durationMs, storeCalls, writeUnits, readUnits].map(figure)];
}

function tableRow({ name, calls, writeUnits, readUnits }: TableShare): string[] {
  return [name, ...[calls, writeUnits, readUnits].map(figure)];
}

function describePrice(cost: OrderCost, sagaType: SagaType): string[] {
  const local = priceTerms(cost.use, sagaType);
  const assumed = priceTerms(withAssumedDurations(cost), sagaType);
  const rows = local.map(({ what, perOrder, usdPerMillion }, index) => {
    const inAws = assumed[index]?.perOrder ?? 0;
    return [what, amount(perOrder), String(usdPerMillion), usd(perOrder * usdPerMillion), usd(inAws * usdPerMillion)];
  });
  return layOut([
    [`${sagaType}: a million orders`, 'per order', 'USD a million', 'local durations', 'assumed as in AWS'],
    ...rows,
    ['in all', '', '', usd(usdOf(local)), usd(usdOf(assumed))],
  ]);
}

function sumOf(shares: readonly FunctionShare[], what: Exclude<keyof FunctionShare, 'name'>): number {
  return shares.reduce((sum, share) => sum + share[what], 0);
}

/** Small amounts keep two significant digits: the log of an order is some millionths of a gigabyte. */
function amount(value: number): string {
  return value > 0 && value < 0.01 ? value.toPrecision(2) : figure(value);
}

function usd(value: number): string {
  return value.toFixed(2);
}
