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
  /** Whole flows: placed, confirmed, dispatched and captured. */
  readonly orders: number;
  readonly ordersPerSecond: number;
  readonly place: Spread | undefined;
  readonly placeToConfirmed: Spread | undefined;
  readonly placeToDispatched: Spread | undefined;
  /** Processor time per order in milliseconds. The client is this benchmark itself. */
  readonly cpuMsPerOrder: { readonly runner: number; readonly store: number; readonly client: number };
  /** Requests per order that only ask how far it is; their cost is in the figures. */
  readonly questionsPerOrder: number;
  /** Share of the machine's processors that other processes took meanwhile: with much of it, nothing here says much. */
  readonly othersShare: number;
  /** Flows that did not end as they should, by what went wrong. */
  readonly failures: Counts;
}

/**
 * Runs the whole flow with so many clients for so long. Each client begins its next order when the last one is
 * through; those under way at the end are finished and are in the processor time, but not in the rate.
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
    questionsPerOrder: flows.questions / done.length,
    othersShare: Math.max(0, others) / ((performance.now() - start) * cpus().length),
    failures,
  };
}

/** Milliseconds that all processors have worked since the machine started. */
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
