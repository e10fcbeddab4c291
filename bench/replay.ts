import '../scripts/node-version.ts';
import { Instance } from './instance/instance.ts';
import { describeFiles } from './replay/describe-files.ts';
import { FileError } from './replay/file/row.ts';
import { readReplayOptions, replayUsage } from './replay/options.ts';
import { planReplay } from './replay/plan.ts';
import { runReplay } from './replay/run-replay.ts';

/** Resolves to whether the system agrees with the files. */
async function main(): Promise<boolean> {
  const options = readReplayOptions(process.argv.slice(2));
  if (options.help) {
    console.log(replayUsage);
    return true;
  }
  const { files, concurrency, dispatch } = options;
  console.error(`reading ${files.files.join(', ')}`);
  const plan = await planReplay(files);
  console.log(`${describeFiles(plan.file).join('\n')}\n`);
  if (options.dryRun) return true;
  const own = options.url === undefined ? await Instance.start({ durable: options.durable }) : undefined;
  try {
    const url = own?.url ?? options.url ?? '';
    const { report, agrees } = await runReplay({ url, files, plan, concurrency, dispatch, output: process.stderr });
    console.log(`\n${report.join('\n')}`);
    return agrees;
  } finally {
    await own?.stop();
  }
}

main().then(
  (agrees) => {
    process.exitCode = agrees ? 0 : 1;
  },
  (error: Error) => {
    console.error(error instanceof FileError ? error.message : `replay: ${error.message}`);
    process.exitCode = 1;
  },
);
