import type { Verdict } from '../cost/budgets.ts';
import { peers, peersCaveat } from '../cost/peers.ts';
import type { LoadResult } from '../load/run-load.ts';
import type { RushResult } from '../load/rush.ts';
import type { Spread } from '../statistics/percentiles.ts';
import { figure, layOut } from '../statistics/table.ts';

/** Lays out the results under load, followed by the figures of other systems. */
export function describeLoads(loads: readonly LoadResult[], idle: Spread | undefined): string[] {
  const rows = loads.map((load) => {
    const { runner, store, client } = load.cpuMsPerOrder;
    return [
      'Holdfast',
      String(load.clients),
      figure(load.ordersPerSecond),
      middleAndTail(load.place),
      middleAndTail(load.placeToConfirmed),
      middleAndTail(load.placeToDispatched),
      figure(runner + store),
      `${figure(runner)} + ${figure(store)}`,
      figure(client),
      figure(load.pollsPerOrder),
      `${Math.round(load.othersShare * 100)}%`,
    ];
  });
  const others = peers.map((peer) => [
    peer.system,
    String(peer.clients),
    figure(peer.ordersPerSecond),
    '',
    '',
    `${figure(peer.p50Ms)} / ${figure(peer.p99Ms)}`,
    'cpuMs' in peer ? figure(peer.cpuMs) : '',
  ]);
  return [
    'Whole flow over HTTP, orders of 1-3 lines, durable store; times in ms as p50 / p99; CPU in ms an order',
    '',
    ...layOut([
      [
        '',
        'clients',
        'orders/s',
        'place',
        'to confirmed',
        'to dispatched',
        'CPU',
        'runner + store',
        'client',
        'polls',
        'others',
      ],
      ...rows,
      ...others,
    ]),
    '',
    `Peers: ${peersCaveat}`,
    'Polls are requests per order that only read its state; they are part of the figures. Others is the share of processor',
    'time that other processes used meanwhile: it makes the results slower and their processor time larger.',
    ...loads.flatMap(({ clients, failures }) =>
      failures.list().map(([what, count]) => `FAULT with ${clients} clients, ${count} times: ${what}`),
    ),
    ...(idle === undefined ? [] : ['', `Idle, one order at a time, place to confirmed: ${middleAndTail(idle)} ms`]),
  ];
}

export function describeRush(rush: RushResult): string[] {
  const outcomes = rush.outcomes.list().map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${rush.buyers} buyers at once for ${rush.units} units: ${outcomes.join(', ')} in ${figure(rush.seconds)} s; ` +
      `${rush.faults} faults, ${rush.payments.leftOver} payments and ${rush.parcels.leftOver} parcels left over, ` +
      `${rush.stock.available} available and ${rush.stock.reserved} reserved of ${rush.stock.onHand} on hand`,
    ...rush.defects.map((defect) => `FAULT ${defect}`),
  ];
}

/** Lays out measured figures and their budgets. */
export function describeVerdicts(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map(({ what, measured, bound, budget, verdict }) => [
    what,
    figure(measured),
    `${bound} ${figure(budget)}`,
    verdict,
  ]);
  return layOut([['', 'measured', 'budget', ''], ...rows], [0, 3]);
}

function middleAndTail(spread: Spread | undefined): string {
  return spread === undefined ? '' : `${figure(Math.round(spread.p50))} / ${figure(Math.round(spread.p99))}`;
}
