import { systemClock } from './kernel/time.ts';

/** Namespace of the metrics that functions count. */
const namespace = 'Holdfast';

/** Each cell of a stage has its own alarms, which watch the metrics of that cell. */
export interface MetricDimensions {
  readonly stage: string;
  readonly cell: string;
}

/**
 * Adds a value to a metric that an alarm watches, with one log line in CloudWatch's embedded metric format: no request, no
 * permission and no metric filter. Not with Powertools, whose cost and extra dimension are in docs/decisions/0020.
 */
export function countMetric({ stage, cell }: MetricDimensions, name: string, value: number): void {
  const metric = { Namespace: namespace, Dimensions: [['stage', 'cell']], Metrics: [{ Name: name, Unit: 'Count' }] };
  const line = {
    _aws: { Timestamp: Date.parse(systemClock()), CloudWatchMetrics: [metric] },
    stage,
    cell,
    [name]: value,
  };
  // The runtime's `console` would put a time and a request id before the line, which CloudWatch then does not parse.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
