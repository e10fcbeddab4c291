import type { Failure, FailureKind } from './failure.ts';
import type { Outcome } from './work-off.ts';

const kindNames: Readonly<Record<FailureKind, string>> = {
  message_not_consumed: 'message not consumed',
  event_not_delivered: 'event not delivered',
  stream_item: 'stream item',
  stream_batch: 'stream batch',
  scheduled_run: 'scheduled run',
  unknown: 'unknown',
};

/** Lines of single failures; --json prints all. */
const maxLines = 200;

/** The failures as lines of text: first how many there are of each sort, then each with its id. */
export function failuresReport(failures: readonly Failure[], now: number): string[] {
  if (failures.length === 0) return ['no failures'];
  const sorts = Map.groupBy(failures, ({ capability, consumer, kind, reason }) =>
    [capability, consumer, kindNames[kind], reason.code].join(' | '),
  );
  const shown = failures.slice(0, maxLines);
  return [
    ...[...sorts].map(([sort, each]) => `${String(each.length).padStart(5)} | ${sort}`),
    '',
    ...shown.map((failure) => lineOf(failure, now)),
    ...(shown.length < failures.length ? [`… and ${failures.length - shown.length} more; --json prints all`] : []),
    '',
    'docs/runbook.md#failures',
  ];
}

function lineOf({ id, consumer, kind, reason, about, sentAt }: Failure, now: number): string {
  const parts = [id, ageText(now - sentAt), consumer, kindNames[kind], about, `${reason.code}: ${reason.text}`];
  return parts.filter((part) => part !== '').join(' | ');
}

/** What became of one failure, as a line of text. */
export function outcomeLine({ failure, done, detail }: Outcome, verb: 'sent' | 'discarded'): string {
  const { id, consumer, about } = failure;
  return [done ? verb : 'left', id, consumer, about, detail ?? ''].filter((part) => part !== '').join(' | ');
}

function ageText(ms: number): string {
  const minutes = Math.max(Math.floor(ms / 60_000), 0);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
