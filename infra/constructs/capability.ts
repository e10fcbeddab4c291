import { type Duration, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { FailureQueue } from './queues.ts';
import { runRegularly, type Timing } from './schedule.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

/** The construct of one business capability: its functions and their resources. */
export abstract class Capability extends Construct {
  protected readonly deployment: Deployment;
  readonly #name: string;
  #failures: FailureQueue | undefined;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.deployment = deployment;
    this.#name = id.toLowerCase();
    Tags.of(this).add('capability', this.#name);
  }

  /** The queue for what this capability's functions could not handle. A capability without such functions has none. */
  protected get failures(): FailureQueue {
    this.#failures ??= new FailureQueue(this, 'Failures', { deployment: this.deployment, capability: this.#name });
    return this.#failures;
  }

  /** Creates the function of the entry point `functions/<capability>/<verbNoun>.ts`. */
  protected function(
    verbNoun: string,
    options: Omit<ServiceFunctionProps, 'entryPoint' | 'build'> = {},
  ): ServiceFunction {
    const { deployment } = this;
    const made = new ServiceFunction(this, { entryPoint: `${this.#name}/${verbNoun}`, build: deployment, ...options });
    deployment.functions.set(verbNoun, made);
    return made;
  }

  /** Creates a function that runs at a fixed interval, with alarms. A run that fails goes to the failure queue. */
  protected scheduled(
    verbNoun: string,
    { every, silence, timeout }: Timing & { readonly timeout: Duration },
  ): ServiceFunction {
    const { deployment, failures } = this;
    const made = this.function(verbNoun, { timeout, deadLetterQueue: failures });
    runRegularly(this, deployment, made, { every, silence, failures });
    return made;
  }
}
