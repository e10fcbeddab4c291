import '../scripts/node-version.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atMost, type Verdict } from './cost/budgets.ts';
import { describeGoalRuns, describeSweep, describeUnprepared } from './inventory-simulator/describe.ts';
import {
  faultsOf,
  type GoalResults,
  goalVerdicts,
  measureGoals,
  unpreparedVerdicts,
} from './inventory-simulator/goals.ts';
import {
  type InventoryBenchOptions,
  inventoryBenchUsage,
  readInventoryBenchOptions,
} from './inventory-simulator/options.ts';
import { publish } from './inventory-simulator/publish.ts';
import type { SaleResult } from './inventory-simulator/sale-result.ts';
import { runAll, sweepScenarios, unpreparedSales } from './inventory-simulator/scenarios.ts';
import { measureStore } from './inventory-store/measure-store.ts';
import type { SaleFigures } from './inventory-store/run-sale.ts';
import { describeVerdicts } from './report/describe.ts';

const resultsFile = fileURLToPath(new URL('./results/inventory.json', import.meta.url));

interface InventoryResults {
  readonly seed: number;
  readonly quick: boolean;
  readonly goals?: GoalResults;
  readonly unprepared?: readonly SaleResult[];
  readonly sweep?: readonly SaleResult[];
  readonly store?: SaleFigures;
}

async function measure(options: InventoryBenchOptions): Promise<InventoryResults> {
  const { seed, quick, only } = options;
  const report = (what: string) => console.error(what);
  return {
    seed,
    quick,
    ...(only.includes('goals') && { goals: await measureGoals(seed, quick, report) }),
    ...(only.includes('unprepared') && { unprepared: await runAll(unpreparedSales(seed, quick), report) }),
    ...(only.includes('sweep') && { sweep: await runAll(sweepScenarios(seed, quick), report) }),
    ...(only.includes('store') && { store: await measureStore(quick) }),
  };
}

function verdictsOf({ goals, unprepared = [], store }: InventoryResults): Verdict[] {
  return [
    ...(goals === undefined ? [] : goalVerdicts(goals)),
    ...unpreparedVerdicts(unprepared),
    ...(store === undefined
      ? []
      : [
          atMost('local store, 64 clients, 32 shards: units wrong in the books', wrongUnits(store), 0),
          atMost('  write units a sale, losers included', store.writeUnitsPerSale, 2.2),
        ]),
  ];
}

const wrongUnits = ({ sold, reserved, available }: SaleFigures) => Math.abs(reserved - sold) + available;

function describe(results: InventoryResults, faults: readonly string[]): string[] {
  const { goals, unprepared, sweep, seed } = results;
  const sections = [
    ...(unprepared === undefined ? [] : [describeUnprepared(unprepared)]),
    ...(sweep === undefined ? [] : [describeSweep(sweep)]),
    ...(goals === undefined ? [] : [describeGoalRuns(goals)]),
    faults.map((fault) => `FAULT ${fault}`),
    [`Goals; simulated, seed ${seed}${results.quick ? ', smaller than they are meant (--quick)' : ''}`, ''].concat(
      describeVerdicts(verdictsOf(results)),
    ),
  ];
  return sections.flatMap((section) => (section.length === 0 ? [] : ['', ...section]));
}

/** Runs the benchmark; returns whether all books balanced. */
async function main(): Promise<boolean> {
  const options = readInventoryBenchOptions(process.argv.slice(2));
  if (options.help) {
    console.log(inventoryBenchUsage);
    return true;
  }
  const results = await measure(options);
  const { goals, unprepared = [], sweep = [] } = results;
  const runs = [...unprepared, ...sweep, ...(goals === undefined ? [] : [goals.sale, goals.releases, goals.troubled])];
  const faults = faultsOf(runs);
  const document = JSON.stringify({ ...results, verdicts: verdictsOf(results), faults }, undefined, 2);
  mkdirSync(new URL('.', `file://${resultsFile}`), { recursive: true });
  writeFileSync(resultsFile, `${document}\n`);
  if (options.chart) publish(results, new URL('../docs/', import.meta.url));
  console.log(options.json ? document : describe(results, faults).join('\n'));
  return faults.length === 0;
}

main().then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: Error) => {
    console.error(`bench: ${error.stack ?? error.message}`);
    process.exitCode = 1;
  },
);
