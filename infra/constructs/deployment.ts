import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { DataStack } from '../stacks/data-stack.ts';
import type { Build } from './build.ts';
import type { ServiceFunction } from './service-function.ts';

/** What every capability is built from. */
export interface Deployment extends Build {
  readonly data: DataStack;
  /** Where alarms go. */
  readonly alarms: Topic;
  /** Every function made so far by its verb-noun; entry points have distinct names across capabilities. */
  readonly functions: Map<string, ServiceFunction>;
  /** Variables of the gateways' base URLs. */
  readonly endpoints: { readonly PAYMENT_ENDPOINT: string; readonly CARRIER_ENDPOINT: string };
}
