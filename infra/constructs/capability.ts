import { type Duration, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { missedRuns, runRegularly, type Timing } from './schedule.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

/** The construct of one business capability: its functions and their resources. */
export abstract class Capability extends Construct {
  protected readonly deployment: Deployment;
  readonly #name: string;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.deployment = deployment;
    this.#name = id.toLowerCase();
    Tags.of(this).add('capability', this.#name);
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

  /** Creates a function that runs at a fixed interval, with a queue for failed runs and with alarms. */
  protected scheduled(
    verbNoun: string,
    { every, silence, timeout }: Timing & { readonly timeout: Duration },
  ): ServiceFunction {
    const { deployment } = this;
    const failures = missedRuns(this, deployment, verbNoun);
    const made = this.function(verbNoun, { timeout, deadLetterQueue: failures });
    runRegularly(this, deployment, made, { every, silence, failures });
    return made;
  }
}
