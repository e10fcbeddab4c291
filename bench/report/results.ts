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

/** Everything that a run of the benchmark measured; parts that were not asked for are absent. */
export interface BenchResults {
  readonly measuredAt: string;
  readonly machine: { readonly processors: string; readonly node: string; readonly loadAverage: number };
  readonly loads?: readonly LoadResult[];
  readonly idle?: Spread;
  readonly rush?: RushResult;
  /** Answers 5xx and missing ones under load, by request and status. */
  readonly faults?: Counts;
  /** Where the CPU profiles are, and the process's own account of its time while they were taken. */
  readonly profiled?: { readonly directory: string; readonly cpuMsPerOrder: number };
  readonly costs?: MeasuredCosts;
  readonly bundles?: { readonly functions: readonly BundleMeasure[]; readonly medianBytes: number };
}
