import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Bundle } from '../bundle.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import type { ServiceFunction } from './service-function.ts';

/** What every capability is built from. */
export interface Deployment {
  readonly settings: Settings;
  readonly bundle: Bundle;
  readonly data: DataStack;
  /** Where alarms go. */
  readonly alarms: Topic;
  /** Every function made so far by its verb-noun; entry points have distinct names across capabilities. */
  readonly functions: Map<string, ServiceFunction>;
  /** Variables of the gateways' base URLs. */
  readonly endpoints: { readonly PAYMENT_ENDPOINT: string; readonly CARRIER_ENDPOINT: string };
}

/** `holdfast-dev-order-saga`: every name that an operator has to type starts like this. */
export function nameIn(settings: Settings, name: string): string {
  return `holdfast-${settings.stage}-${name}`;
}
