// Runs an instance in a separate process, so that its processor time is measured apart from the benchmark's.
import { type Local, startLocal } from '../../local/index.ts';
import type { Command, Reply } from './messages.ts';
import { Profiler } from './profiler.ts';

let local: Local | undefined;
const profiler = new Profiler();

async function execute(command: Command): Promise<string | undefined> {
  switch (command.do) {
    case 'start':
      local = await startLocal(command.options);
      return local.url;
    case 'start-profile':
      await profiler.start();
      return undefined;
    case 'stop-profile':
      return profiler.stop(command.directory);
    case 'stop':
      await local?.stop();
      return undefined;
  }
}

process.on('message', (command: Command) => {
  const reply = (answer: Reply) => process.send?.(answer);
  execute(command)
    .then((value) => reply(value === undefined ? { id: command.id } : { id: command.id, value }))
    .catch((error: Error) => reply({ id: command.id, error: error.stack ?? error.message }))
    .finally(() => {
      if (command.do === 'stop') process.disconnect();
    });
});
process.on('SIGINT', () => undefined);
// The parent process has ended.
process.on('disconnect', () => process.exit());
