import '../scripts/node-version.ts';
import { Instance } from './instance/instance.ts';
import { readReplayOptions, replayUsage } from './replay/options.ts';
import { runReplay } from './replay/run-replay.ts';
import { readSuperstore } from './replay/superstore.ts';

/** Resolves to whether the system agrees with the file. */
async function main(): Promise<boolean> {
  const options = readReplayOptions(process.argv.slice(2));
  if (options.help) {
    console.log(replayUsage);
    return true;
  }
  const orders = readSuperstore().slice(0, options.limit);
  const own = options.url === undefined ? await Instance.start({ durable: options.durable }) : undefined;
  try {
    const { report, agrees } = await runReplay(
      own?.url ?? options.url ?? '',
      orders,
      options.concurrency,
      process.stderr,
    );
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
    console.error(`replay: ${error.message}`);
    process.exitCode = 1;
  },
);
