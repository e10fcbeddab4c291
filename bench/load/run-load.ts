import { cpus } from 'node:os';
import type { Shop } from '../client/shop.ts';
import { type MeterReading, meterReading } from '../cost/meter-reading.ts';
import { Counts } from '../statistics/counts.ts';
import { type Spread, spreadOf } from '../statistics/percentiles.ts';
import { Flows, type FlowTimes } from './flow.ts';
import type { Workload } from './workload.ts';

export interface LoadResult {
  readonly clients: number;
  readonly seconds: number;
  /** Complete flows: placed, confirmed, dispatched and captured. */
  readonly orders: number;
  readonly ordersPerSecond: number;
  readonly place: Spread | undefined;
  readonly placeToConfirmed: Spread | undefined;
  readonly placeToDispatched: Spread | undefined;
  /** Processor time per order in milliseconds. `client` is this benchmark. */
  readonly cpuMsPerOrder: { readonly runner: number; readonly store: number; readonly client: number };
  /** Requests per order that only poll its state; their cost is part of the figures. */
  readonly pollsPerOrder: number;
  /** Share of the machine's processor time used by other processes meanwhile; a large one makes the result worthless. */
  readonly othersShare: number;
  /** Flows that failed, by error message. */
  readonly failures: Counts;
}

/**
 * Runs the whole flow with a number of clients for a number of seconds. A client begins its next order when the previous
 * one has ended. Orders that end after the time count for the processor time, not for the rate.
 */
export async function runLoad(shop: Shop, workload: Workload, clients: number, seconds: number): Promise<LoadResult> {
  await shop.settle();
  await shop.resetMeter();
  const flows = new Flows(shop);
  const failures = new Counts();
  const done: FlowTimes[] = [];
  let inWindow = 0;
  const cpuBefore = process.cpuUsage();
  const busyBefore = busyMs();
  const start = performance.now();
  const isOpen = () => performance.now() - start < seconds * 1000;
  const client = async () => {
    while (isOpen()) {
      try {
        done.push(await flows.dispatched(workload.next()));
        if (isOpen()) inWindow += 1;
      } catch (error) {
        failures.add((error as Error).message);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await shop.settle();
  const { user, system } = process.cpuUsage(cpuBefore);
  const { cpuMs } = await shop.local('meter', meterReading);
  const clientMs = (user + system) / 1000;
  const others = busyMs() - busyBefore - cpuMs.runner - cpuMs.store - clientMs;
  return {
    clients,
    seconds,
    orders: done.length,
    ordersPerSecond: inWindow / seconds,
    ...spreads(done),
    cpuMsPerOrder: perOrder({ ...cpuMs, client: clientMs }, done.length),
    pollsPerOrder: flows.polls / done.length,
    othersShare: Math.max(0, others) / ((performance.now() - start) * cpus().length),
    failures,
  };
}

/** Busy milliseconds of all processors since the machine started. */
function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}

function spreads(done: readonly FlowTimes[]): Pick<LoadResult, 'place' | 'placeToConfirmed' | 'placeToDispatched'> {
  return {
    place: spreadOf(done.map(({ placeMs }) => placeMs)),
    placeToConfirmed: spreadOf(done.map(({ confirmedMs }) => confirmedMs)),
    placeToDispatched: spreadOf(done.map(({ dispatchedMs }) => dispatchedMs)),
  };
}

function perOrder(cpu: MeterReading['cpuMs'] & { client: number }, orders: number): LoadResult['cpuMsPerOrder'] {
  return { runner: cpu.runner / orders, store: cpu.store / orders, client: cpu.client / orders };
}
