import { sizeBudget } from '../../infra/report-bundle-sizes.ts';
import { atLeast, atMost, budgets, type Verdict } from '../cost/budgets.ts';
import { withAssumedDurations, withStartAndEnd } from '../cost/order-use.ts';
import { priceTerms, usdOf } from '../cost/price.ts';
import type { BenchResults } from './results.ts';

/** Number of clients for which throughput and processor time have a budget. */
const budgetedClients = 8;

/** Compares every measured figure with its budget. */
export function verdictsOf(results: BenchResults): Verdict[] {
  return [...costVerdicts(results), ...bundleVerdicts(results), ...speedVerdicts(results), ...rushVerdicts(results)];
}

function costVerdicts({ costs }: BenchResults): Verdict[] {
  if (costs === undefined) return [];
  const { alone, together } = costs;
  const assumed = withAssumedDurations(alone);
  return [
    atMost('write units an order', alone.use.writeUnits, budgets.writeUnits),
    atMost('  many orders at once', together.use.writeUnits, budgets.writeUnits),
    atMost('read units an order', alone.use.readUnits, budgets.readUnits),
    atMost('  many orders at once', together.use.readUnits, budgets.readUnits),
    atMost('state transitions an order', alone.use.transitions, budgets.transitions),
    atMost('  if start and end count too', withStartAndEnd(alone.use).transitions, budgets.transitions),
    atMost('Lambda invocations an order', alone.use.invocations, budgets.invocations),
    atMost('  many orders at once', together.use.invocations, budgets.invocations),
    ...(['STANDARD', 'EXPRESS'] as const).flatMap((sagaType) => {
      const budget = budgets.usdPerMillionOrders[sagaType];
      return [
        atMost(`USD a million orders, ${sagaType}, local durations`, usdOf(priceTerms(alone.use, sagaType)), budget),
        atMost('  durations assumed as in AWS', usdOf(priceTerms(assumed, sagaType)), budget),
        ...(sagaType === 'STANDARD'
          ? [atMost('  and start and end count too', usdOf(priceTerms(withStartAndEnd(assumed), sagaType)), budget)]
          : []),
      ];
    }),
  ];
}

function bundleVerdicts({ bundles }: BenchResults): Verdict[] {
  if (bundles === undefined) return [];
  const { functions, medianBytes } = bundles;
  const largest = (budgetBytes: number) =>
    Math.max(0, ...functions.filter((each) => each.budgetBytes === budgetBytes).map(({ bytes }) => bytes));
  const { function: plain, withGatewaySdk, median } = sizeBudget;
  return [
    atMost('largest bundle, kB', largest(plain) / 1000, plain / 1000),
    atMost("largest bundle with a gateway's SDK, kB", largest(withGatewaySdk) / 1000, withGatewaySdk / 1000),
    atMost('median bundle, kB', medianBytes / 1000, median / 1000),
  ];
}

function speedVerdicts({ loads = [], idle }: BenchResults): Verdict[] {
  const load = loads.find(({ clients }) => clients === budgetedClients);
  const { ordersPerSecond, cpuMsPerOrder, idlePlaceToConfirmedMs } = budgets;
  const cpu = load && load.cpuMsPerOrder.runner + load.cpuMsPerOrder.store;
  return [
    ...(load === undefined || cpu === undefined
      ? []
      : [
          atLeast(`orders/s, whole flow, ${budgetedClients} clients`, load.ordersPerSecond, ordersPerSecond.budget),
          atLeast('  the stretch', load.ordersPerSecond, ordersPerSecond.stretch),
          atMost(`CPU ms an order, ${budgetedClients} clients`, cpu, cpuMsPerOrder.budget),
          atMost('  the stretch', cpu, cpuMsPerOrder.stretch),
        ]),
    ...(idle === undefined ? [] : [atMost('p50 place to confirmed, idle, ms', idle.p50, idlePlaceToConfirmedMs)]),
  ];
}

function rushVerdicts({ rush }: BenchResults): Verdict[] {
  return rush === undefined ? [] : [atMost('defects of 300 buyers for 100 units', rush.defects.length, 0)];
}
