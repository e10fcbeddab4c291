import type { DataStack } from '../stacks/data-stack.ts';
import type { Build } from './build.ts';
import type { ServiceFunction } from './service-function.ts';

/** The shared inputs of every capability's construct. */
export interface Deployment extends Build {
  readonly data: DataStack;
  /** The functions created so far, by verb-noun. The names are distinct across capabilities. */
  readonly functions: Map<string, ServiceFunction>;
  /** The gateways' base URLs by their environment variable; empty means the provider's own address. */
  readonly endpoints: { readonly PAYMENT_ENDPOINT: string; readonly CARRIER_ENDPOINT: string };
}
