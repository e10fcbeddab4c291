import cliProgress, { type Params } from 'cli-progress';

/**
 * Shows the progress of some work: on a terminal one line that is redrawn, elsewhere a line every two seconds.
 *
 * @param total calls of `onStep` that complete the work.
 * @returns what the work returns; its error ends the bar too.
 */
export async function withProgressBar<Result>(
  label: string,
  total: number,
  stream: NodeJS.WritableStream,
  work: (onStep: () => void) => Promise<Result>,
): Promise<Result> {
  const bar = new cliProgress.SingleBar({
    stream,
    noTTYOutput: true,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: (options, params) =>
      `${label.padEnd(10)} ${cliProgress.Format.BarFormat(params.progress, options)} ${status(params)}`,
  });
  bar.start(total, 0);
  try {
    return await work(() => bar.increment());
  } finally {
    bar.stop();
  }
}

function status({ value, total, progress, startTime, stopTime }: Params): string {
  const seconds = ((stopTime ?? Date.now()) - startTime) / 1000;
  const rate = seconds > 0 ? Math.round(value / seconds) : 0;
  return `${value}/${total}  ${Math.floor(progress * 100)}%  ${rate}/s`;
}
