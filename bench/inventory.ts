import '../local/node-version.ts';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atMost, type Verdict } from './cost/budgets.ts';
import { drawChart } from './inventory-simulator/chart.ts';
import { describeGoalRuns, describeSweep, sweepHeader, sweepRows } from './inventory-simulator/describe.ts';
import { faultsOf, type GoalResults, goalVerdicts, measureGoals } from './inventory-simulator/goals.ts';
import {
  type InventoryBenchOptions,
  inventoryBenchUsage,
  readInventoryBenchOptions,
} from './inventory-simulator/options.ts';
import type { SaleResult } from './inventory-simulator/sale-result.ts';
import { runAll, sweepScenarios } from './inventory-simulator/scenarios.ts';
import { measureStore } from './inventory-store/measure-store.ts';
import type { SaleFigures } from './inventory-store/run-sale.ts';
import { describeVerdicts } from './report/describe.ts';

const resultsFile = fileURLToPath(new URL('./results/inventory.json', import.meta.url));
const chartFile = fileURLToPath(new URL('../docs/inventory.svg', import.meta.url));
const pageFile = fileURLToPath(new URL('../docs/inventory.md', import.meta.url));

interface InventoryResults {
  readonly seed: number;
  readonly quick: boolean;
  readonly goals?: GoalResults;
  readonly sweep?: readonly SaleResult[];
  readonly store?: SaleFigures;
}

async function measure(options: InventoryBenchOptions): Promise<InventoryResults> {
  const { seed, quick, only } = options;
  const tell = (what: string) => console.error(what);
  return {
    seed,
    quick,
    ...(only.includes('goals') && { goals: await measureGoals(seed, quick, tell) }),
    ...(only.includes('sweep') && { sweep: await runAll(sweepScenarios(seed, quick), tell) }),
    ...(only.includes('store') && { store: await measureStore(quick) }),
  };
}

function verdictsOf({ goals, store }: InventoryResults): Verdict[] {
  return [
    ...(goals === undefined ? [] : goalVerdicts(goals)),
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
  const { goals, sweep, seed } = results;
  const sections = [
    ...(sweep === undefined ? [] : [describeSweep(sweep)]),
    ...(goals === undefined ? [] : [describeGoalRuns(goals)]),
    faults.map((fault) => `FAULT ${fault}`),
    [`Goals; simulated, seed ${seed}${results.quick ? ', smaller than they are meant (--quick)' : ''}`, ''].concat(
      describeVerdicts(verdictsOf(results)),
    ),
  ];
  return sections.flatMap((section) => (section.length === 0 ? [] : ['', ...section]));
}

/** Draws the chart, and writes the table between its two marks in the page. */
function publish({ sweep, goals, seed }: InventoryResults): void {
  if (sweep !== undefined) {
    writeFileSync(chartFile, drawChart(sweep, `Simulated, seed ${seed}: npm run bench:inventory -- --chart`));
    writeSection('sweep', [sweepHeader, ...sweepRows(sweep)]);
  }
  if (goals !== undefined) {
    const rows = goalVerdicts(goals).map(({ what, measured, bound, budget, verdict }) => [
      what.trim(),
      String(Math.round(measured * 100) / 100),
      `${bound} ${budget}`,
      verdict,
    ]);
    writeSection('goals', [['simulated', 'measured', 'goal', ''], ...rows]);
  }
}

function writeSection(name: string, rows: readonly (readonly string[])[]): void {
  const [header = [], ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  const rule = `|${' --- |'.repeat(rows[0]?.length ?? 0)}`;
  const table = [header, rule, ...body].join('\n');
  const section = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
  writeFileSync(pageFile, readFileSync(pageFile, 'utf8').replace(section, `$1\n${table}\n$2`));
}

/** Whether the books were right everywhere. */
async function main(): Promise<boolean> {
  const options = readInventoryBenchOptions(process.argv.slice(2));
  if (options.help) {
    console.log(inventoryBenchUsage);
    return true;
  }
  const results = await measure(options);
  const { goals, sweep = [] } = results;
  const runs = [...sweep, ...(goals === undefined ? [] : [goals.sale, goals.releases, goals.troubled])];
  const faults = faultsOf(runs);
  const document = JSON.stringify({ ...results, verdicts: verdictsOf(results), faults }, undefined, 2);
  mkdirSync(new URL('.', `file://${resultsFile}`), { recursive: true });
  writeFileSync(resultsFile, `${document}\n`);
  if (options.chart) publish(results);
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
