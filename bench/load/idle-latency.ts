import { setTimeout as sleep } from 'node:timers/promises';
import type { Shop } from '../client/shop.ts';
import { type Spread, spreadOf } from '../statistics/percentiles.ts';
import { Flows } from './flow.ts';
import type { Workload } from './workload.ts';

/** Long enough for all work for the previous order to end, including the batching window of the views. */
const pauseMs = 1_200;

/** Measures the milliseconds from placement to confirmation, one order at a time on an otherwise idle instance. */
export async function idleLatency(shop: Shop, workload: Workload, orders: number): Promise<Spread | undefined> {
  const flows = new Flows(shop);
  const times: number[] = [];
  for (let index = 0; index < orders; index++) {
    times.push((await flows.confirmed(workload.next(1))).confirmedMs);
    await sleep(pauseMs);
  }
  return spreadOf(times);
}
