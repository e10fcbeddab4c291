import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { measureBundles } from '../infra/report-bundle-sizes.ts';
import { inParallel } from './client/in-parallel.ts';
import { Shop } from './client/shop.ts';
import { measureCosts } from './cost/measure-cost.ts';
import { Instance } from './instance/instance.ts';
import { Flows } from './load/flow.ts';
import { idleLatency } from './load/idle-latency.ts';
import { type LoadResult, runLoad } from './load/run-load.ts';
import { runRush } from './load/rush.ts';
import { Workload } from './load/workload.ts';
import type { BenchOptions } from './options.ts';
import type { BenchResults } from './report/results.ts';

const clientCounts = [1, 8, 32];
/** Number of clients while profiles are taken; throughput has its budget for the same number. */
const profiledClients = 8;

/**
 * Durations and numbers of orders, in full and with `--quick`. Code is slow until V8 has optimized it after some thousand
 * calls, so throughput is measured after a warm-up.
 */
const efforts = {
  full: { warmUpOrders: 2_000, loadSeconds: 20, profileSeconds: 20, idleOrders: 25, costAlone: 20, costTogether: 200 },
  quick: { warmUpOrders: 200, loadSeconds: 5, profileSeconds: 8, idleOrders: 5, costAlone: 5, costTogether: 50 },
} as const;

type Effort = (typeof efforts)['full' | 'quick'];

/** Measures the selected parts, one after the other. */
export async function measure(
  options: BenchOptions,
  resultsDirectory: string,
  report: (step: string) => void,
): Promise<BenchResults> {
  const effort = options.quick ? efforts.quick : efforts.full;
  const machine = {
    processors: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'processor'}`,
    node: process.versions.node,
    loadAverage: loadavg()[0] ?? 0,
  };
  const wants = (part: BenchOptions['only'][number]) => options.only.includes(part);
  const live = wants('load') || wants('idle') || wants('rush') || options.profile;
  return {
    measuredAt: new Date().toISOString(),
    machine,
    ...(wants('cost') && { costs: await costs(effort, report) }),
    ...(live && (await underLoad(options, effort, resultsDirectory, report))),
    ...(wants('bundles') && { bundles: measureBundles() }),
  };
}

async function costs(effort: Effort, report: (step: string) => void) {
  report('counting what an order uses');
  return measureCosts({ alone: effort.costAlone, together: effort.costTogether });
}

/** Measures the parts that need a warm instance. */
async function underLoad(
  { only, profile }: BenchOptions,
  effort: Effort,
  resultsDirectory: string,
  report: (step: string) => void,
): Promise<Pick<BenchResults, 'loads' | 'idle' | 'rush' | 'faults' | 'profiled'>> {
  report('starting an instance with a durable store');
  const instance = await Instance.start({ durable: true });
  const shop = new Shop(instance.url);
  const workload = new Workload();
  try {
    await workload.prepare(shop);
    report(`warming up with ${effort.warmUpOrders} orders`);
    const flows = new Flows(shop);
    const turns = Array.from({ length: effort.warmUpOrders }, (_, index) => index);
    await inParallel(turns, profiledClients, async () => void (await flows.dispatched(workload.next())));
    const loads: LoadResult[] = [];
    let profiled: BenchResults['profiled'];
    for (const clients of only.includes('load') ? clientCounts : []) {
      report(`${clients} clients for ${effort.loadSeconds} s`);
      loads.push(await runLoad(shop, workload, clients, effort.loadSeconds));
    }
    if (profile) {
      report(`profiling ${profiledClients} clients for ${effort.profileSeconds} s`);
      await instance.startProfile();
      const { cpuMsPerOrder } = await runLoad(shop, workload, profiledClients, effort.profileSeconds);
      const directory = join(resultsDirectory, 'profile');
      await instance.stopProfile(directory);
      profiled = { directory, cpuMsPerOrder: cpuMsPerOrder.runner };
    }
    if (only.includes('idle')) report(`${effort.idleOrders} orders, one at a time`);
    const idle = only.includes('idle') ? await idleLatency(shop, workload, effort.idleOrders) : undefined;
    if (only.includes('rush')) report('300 buyers for 100 units');
    const rush = only.includes('rush') ? await runRush(shop) : undefined;
    return {
      faults: shop.faults,
      ...(loads.length > 0 && { loads }),
      ...(idle && { idle }),
      ...(rush && { rush }),
      ...(profiled && { profiled }),
    };
  } finally {
    shop.close();
    await instance.stop();
  }
}
