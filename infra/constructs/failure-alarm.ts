import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';

export interface FailureAlarmProps {
  readonly deployment: Deployment;
  /** In the alarm's name, and what the runbook lists it by: `order-saga-failed`. */
  readonly name: string;
  /** One sentence: what is wrong when it goes off. */
  readonly meaning: string;
  /** Anchor of the entry in docs/runbook.md that says how to look and what to do. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** Goes off above this; default 0. */
  readonly above?: number;
  /** Goes off below this instead, and when nothing is measured at all. */
  readonly below?: number;
  /** How many periods of the metric in a row; default 1. */
  readonly periods?: number;
}

/** An alarm on a place where failures land. It tells the topic, and its description leads to the runbook. */
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
      treatMissingData: below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    this.addAlarmAction(new SnsAction(deployment.alarms));
  }
}
