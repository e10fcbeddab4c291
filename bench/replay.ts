import '../local/node-version.ts';
import { Instance } from './instance/instance.ts';
import { readReplayOptions, replayUsage } from './replay/options.ts';
import { runReplay } from './replay/run-replay.ts';
import { readSuperstore } from './replay/superstore.ts';

const options = readReplayOptions(process.argv.slice(2));
if (options.help) {
  console.log(replayUsage);
} else {
  const own = options.url === undefined ? await Instance.start({ durable: options.durable }) : undefined;
  try {
    const orders = readSuperstore().slice(0, options.limit);
    const { report, agrees } = await runReplay(
      own?.url ?? options.url ?? '',
      orders,
      options.concurrency,
      process.stderr,
    );
    console.log(`\n${report.join('\n')}`);
    if (!agrees) process.exitCode = 1;
  } finally {
    await own?.stop();
  }
}
