import './node-version.ts';
import { connect } from './failures/clients.ts';
import { findDeployment } from './failures/deployment.ts';
import type { Failure } from './failures/failure.ts';
import { type FailuresOptions, failuresUsage, readFailuresOptions } from './failures/options.ts';
import { failuresReport, outcomeLine } from './failures/report.ts';
import { discardFailures, listFailures, resendFailures } from './failures/work-off.ts';

/** Lists the failures of a stage, sends them back or discards them. Answers whether nothing was left. */
async function main(): Promise<boolean> {
  const options = readFailuresOptions(process.argv.slice(2));
  if (options.help) {
    console.log(failuresUsage);
    return true;
  }
  const deployment = await findDeployment(await connect(options), options);
  const found = (await listFailures(deployment)).filter(
    ({ consumer }) => options.consumer === undefined || consumer === options.consumer,
  );
  const { resend, discard, ratePerSecond, json } = options;
  if (resend === undefined && discard === undefined) {
    console.log(json ? JSON.stringify(found, null, 2) : failuresReport(found, Date.now()).join('\n'));
    return true;
  }
  const chosen = choose(found, options);
  const verb = resend === undefined ? 'discarded' : 'sent';
  const outcomes =
    resend === undefined ? discardFailures(chosen, deployment) : resendFailures(chosen, deployment, ratePerSecond);
  let leftCount = 0;
  for await (const outcome of outcomes) {
    console.log(outcomeLine(outcome, verb));
    if (!outcome.done) leftCount++;
  }
  console.log(`${chosen.length - leftCount} ${verb}, ${leftCount} left`);
  return leftCount === 0;
}

function choose(found: readonly Failure[], { resend, discard }: FailuresOptions): readonly Failure[] {
  const wanted = resend ?? discard;
  if (wanted === 'all') return found;
  const chosen = found.filter(({ id }) => id === wanted);
  if (chosen.length === 0) throw new Error(`there is no failure ${wanted}`);
  return chosen;
}

main().then(
  (complete) => {
    process.exitCode = complete ? 0 : 1;
  },
  (error: Error) => {
    console.error(`failures: ${error.message}`);
    process.exitCode = 2;
  },
);
