import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pascalCase, repositoryRoot } from '../entry-points.ts';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ServiceFunction } from './service-function.ts';
import { VendedLogs } from './vended-logs.ts';

export interface SagaProps {
  readonly deployment: Deployment;
  /** In kebab case; the definition is `statemachines/<name>.asl.json`. */
  readonly name: string;
  /** The starter's environment variable for the state machine's ARN. */
  readonly variable: string;
  readonly starter: ServiceFunction;
}

/**
 * The state machine of one saga, from its definition. `${PlaceOrderArn}` in the definition stands for the function
 * place-order. The state machine may invoke only the functions that the definition names.
 */
export class Saga extends Construct {
  readonly #machine: StateMachine;
  readonly #variable: string;

  constructor(scope: Construct, id: string, { deployment, name, variable, starter }: SagaProps) {
    super(scope, id);
    const express = deployment.settings.sagaType === 'EXPRESS';
    const definition = readFileSync(join(repositoryRoot, 'statemachines', `${name}.asl.json`), 'utf8');
    const steps = stepsOf(name, definition, deployment);
    // The type of a state machine cannot be changed. It is part of the name, so that a machine of the other type can
    // replace it.
    const stateMachineName = nameIn(deployment.settings, express ? `${name}-express` : name);
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      stateMachineType: express ? StateMachineType.EXPRESS : StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(JSON.parse(definition))),
      definitionSubstitutions: Object.fromEntries([...steps].map(([token, step]) => [token, step.functionArn])),
      tracingEnabled: false,
      logs: {
        destination: new VendedLogs(this, 'Logs', {
          name: `states/${stateMachineName}`,
          stage: deployment.settings.stage,
        }),
        level: express ? LogLevel.ALL : LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    machine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [...steps.values()].map((step) => step.functionArn),
      }),
    );
    this.#machine = machine;
    this.#variable = variable;
    this.startedBy(starter);
    acknowledge(machine, express);
    this.#alarm(deployment, name, machine);
  }

  /** Gives the function the state machine's ARN and allows it to start executions. */
  startedBy(starter: ServiceFunction): void {
    starter.addEnvironment(this.#variable, this.#machine.stateMachineArn);
    starter.allow(['states:StartExecution'], [this.#machine.stateMachineArn]);
  }

  /**
   * Step Functions adds the log group of each new state machine to the account's log delivery, and machines that are
   * created at the same time overwrite what the others add.
   */
  createdAfter(other: Saga): void {
    this.#machine.node.addDependency(other.#machine);
  }

  #alarm(deployment: Deployment, name: string, machine: StateMachine): void {
    const period = Duration.minutes(1);
    const saga = name.replace('-', ' ');
    new FailureAlarm(this, 'FailedAlarm', {
      deployment,
      name: `${name}-failed`,
      meaning: `An execution of the ${saga} could not be completed or undone.`,
      runbook: `${name}-failed`,
      metric: machine.metricFailed({ period }),
    });
    new FailureAlarm(this, 'TimedOutAlarm', {
      deployment,
      name: `${name}-timed-out`,
      meaning: `An execution of the ${saga} exceeded its time limit.`,
      runbook: 'saga-timed-out',
      metric: machine.metricTimedOut({ period }),
    });
    new FailureAlarm(this, 'ThrottledAlarm', {
      deployment,
      name: `${name}-throttled`,
      meaning: `Starts or steps of the ${saga} are throttled by the account's Step Functions quota.`,
      runbook: 'saga-throttled',
      metric: machine.metricThrottled({ period: Duration.minutes(5) }),
      periods: 3,
    });
  }
}

/**
 * The functions that a definition refers to, by their token.
 *
 * @throws Error when there is no function for a token.
 */
function stepsOf(saga: string, definition: string, { functions }: Deployment): ReadonlyMap<string, ServiceFunction> {
  const byToken = new Map([...functions].map(([verbNoun, step]) => [`${pascalCase(verbNoun)}Arn`, step]));
  const tokens = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? ''));
  return new Map(
    [...tokens].sort().map((token) => {
      const step = byToken.get(token);
      if (step === undefined) throw new Error(`statemachines/${saga}.asl.json: there is no function for ${token}`);
      return [token, step];
    }),
  );
}

function acknowledge(machine: StateMachine, express: boolean): void {
  Validations.of(machine).acknowledge(
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Only the log delivery actions, which Step Functions needs and which AWS does not allow to restrict by resource.',
    },
    {
      id: 'AwsSolutions-SF2',
      reason:
        'Requests are traced by the traceparent of every event and log line; X-Ray would be billed for every step.',
    },
  );
  if (!express) {
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'A Standard state machine keeps the history of its executions for 90 days; in addition, errors are logged.',
    });
  }
}
