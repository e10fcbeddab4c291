import { systemClock } from './kernel/time.ts';

/** Where the metrics are that functions count themselves. */
const namespace = 'Holdfast';

/**
 * Counts something that an alarm watches. One line of the log in CloudWatch's embedded metric format: no call, no
 * permission, and no metric filter, which emulators rarely know.
 */
export function countMetric(stage: string, name: string, value: number): void {
  const metric = { Namespace: namespace, Dimensions: [['stage']], Metrics: [{ Name: name, Unit: 'Count' }] };
  const line = { _aws: { Timestamp: Date.parse(systemClock()), CloudWatchMetrics: [metric] }, stage, [name]: value };
  // The runtime's console would put a time and a request id before it, and it would be no metric any more.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
