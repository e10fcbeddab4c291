import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { nameIn } from './build.ts';

const topicName = 'alarms';

/** The topic's ARN, for the alarms of all stacks. */
export function alarmTopicArn(scope: Construct, settings: Settings): string {
  return Stack.of(scope).formatArn({ service: 'sns', resource: nameIn(settings, topicName) });
}

/** The topic that every alarm publishes to, with the e-mail subscription of the settings. */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      topicName: nameIn(settings, topicName),
      displayName: `Holdfast ${settings.stage}`,
      enforceSSL: true,
    });
    // An own policy replaces the topic's default policy, which allows the account's alarms to publish.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (settings.alarmEmail !== undefined) this.addSubscription(new EmailSubscription(settings.alarmEmail));
  }
}
