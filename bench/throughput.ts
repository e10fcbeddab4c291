import '../scripts/node-version.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.ts';
import { benchUsage, readBenchOptions } from './options.ts';
import { describeProfile } from './profile/describe-profile.ts';
import { locatedProfile } from './profile/located-profile.ts';
import { describeLoads, describeRush, describeVerdicts } from './report/describe.ts';
import { describeCosts } from './report/describe-costs.ts';
import type { BenchResults } from './report/results.ts';
import { verdictsOf } from './report/verdicts.ts';

const resultsDirectory = fileURLToPath(new URL('./results/', import.meta.url));

function describe(results: BenchResults): string[] {
  const { loads, idle, rush, costs, profiled } = results;
  const { processors, node, loadAverage } = results.machine;
  const sections = [
    [`${processors}, Node ${node}, load average before the start ${loadAverage.toFixed(1)}`],
    ...(costs === undefined ? [] : [describeCosts(costs)]),
    ...(loads === undefined ? [] : [describeLoads(loads, idle)]),
    ...(rush === undefined ? [] : [describeRush(rush)]),
    ...(profiled === undefined ? [] : [describeProfile(locatedProfile(profiled.directory), profiled.cpuMsPerOrder)]),
    (results.faults?.list() ?? []).map(([what, count]) => `FAULT ${count} times: ${what}`),
    describeVerdicts(verdictsOf(results)),
  ];
  return sections.flatMap((section) => ['', ...section]);
}

/** Whether a flow failed, the rush had defects or a request met a fault. */
function hasFaults({ loads = [], rush, faults }: BenchResults): boolean {
  const failures = loads.reduce((sum, load) => sum + load.failures.total, faults?.total ?? 0);
  return failures > 0 || (rush?.defects.length ?? 0) > 0;
}

/** Resolves to whether there were no faults. */
async function main(): Promise<boolean> {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.help) {
    console.log(benchUsage);
    return true;
  }
  const results = await measure(options, resultsDirectory, (step) => console.error(step));
  const document = JSON.stringify({ ...results, verdicts: verdictsOf(results) }, undefined, 2);
  mkdirSync(resultsDirectory, { recursive: true });
  writeFileSync(`${resultsDirectory}latest.json`, `${document}\n`);
  console.log(options.json ? document : describe(results).join('\n'));
  return !hasFaults(results);
}

main().then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: Error) => {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  },
);
