import type { MeasuredCosts } from '../cost/measure-cost.ts';
import type { LoadResult } from '../load/run-load.ts';
import type { RushResult } from '../load/rush.ts';
import type { Counts } from '../statistics/counts.ts';
import type { Spread } from '../statistics/percentiles.ts';

export interface BundleMeasure {
  readonly entryPoint: string;
  readonly bytes: number;
  readonly budgetBytes: number;
}

/** All results of a benchmark run; parts that were not selected are absent. */
export interface BenchResults {
  readonly measuredAt: string;
  readonly machine: { readonly processors: string; readonly node: string; readonly loadAverage: number };
  readonly loads?: readonly LoadResult[];
  readonly idle?: Spread;
  readonly rush?: RushResult;
  /** Answers 5xx and missing answers under load, by request and status. */
  readonly faults?: Counts;
  /** The directory of the CPU profiles, and the processor time that the operating system counted meanwhile. */
  readonly profiled?: { readonly directory: string; readonly cpuMsPerOrder: number };
  readonly costs?: MeasuredCosts;
  readonly bundles?: { readonly functions: readonly BundleMeasure[]; readonly medianBytes: number };
}
