import { systemClock } from './kernel/time.ts';

/** The CloudWatch namespace of the functions' own metrics. */
const namespace = 'Holdfast';

/**
 * Adds to a metric that an alarm watches, by one log line in CloudWatch's embedded metric format. It needs no request, no
 * permission and no metric filter, which few emulators support.
 */
export function countMetric(stage: string, name: string, value: number): void {
  const metric = { Namespace: namespace, Dimensions: [['stage']], Metrics: [{ Name: name, Unit: 'Count' }] };
  const line = { _aws: { Timestamp: Date.parse(systemClock()), CloudWatchMetrics: [metric] }, stage, [name]: value };
  // The runtime's console puts a time and a request id before the line, and CloudWatch would not recognize the metric.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
