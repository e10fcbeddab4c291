import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarmTopicArn } from './alarm-topic.ts';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';

export interface FailureAlarmProps {
  readonly deployment: Deployment;
  /** The end of the alarm's name, by which the runbook lists it, such as `order-saga-failed`. */
  readonly name: string;
  /** One sentence that says what is wrong when the alarm is raised. */
  readonly meaning: string;
  /** The anchor of the alarm's entry in docs/runbook.md. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** The alarm is raised above this value; default 0. */
  readonly above?: number;
  /**
   * The alarm is raised below this value instead. Where no data arrive any more, it goes to INSUFFICIENT_DATA, which is also
   * reported; a new alarm, for which there are none yet, starts in that state and reports nothing.
   */
  readonly below?: number;
  /** Consecutive periods of the metric; default 1. */
  readonly periods?: number;
}

/** An alarm that publishes to the alarm topic and whose description links to the runbook. */
export class FailureAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: FailureAlarmProps) {
    const { deployment, below } = props;
    super(scope, id, {
      alarmName: nameIn(deployment.settings, props.name),
      alarmDescription: `${props.meaning} docs/runbook.md#${props.runbook}`,
      metric: props.metric,
      threshold: below ?? props.above ?? 0,
      comparisonOperator:
        below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData: below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.MISSING,
    });
    const report = { bind: () => ({ alarmActionArn: alarmTopicArn(this, deployment.settings) }) };
    this.addAlarmAction(report);
    if (below !== undefined) this.addInsufficientDataAction(report);
  }
}
