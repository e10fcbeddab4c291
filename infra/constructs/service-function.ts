import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { pascalCase } from '../entry-points.ts';
import { type Deployment, nameIn } from './deployment.ts';

export interface ServiceFunctionProps {
  /** `<capability>/<verb-noun>`, a file under `functions/`. */
  readonly entryPoint: string;
  readonly deployment: Deployment;
  /** Default: 15 seconds, above the 13 of the longest call of an AWS service (functions/shared/aws/README.md). */
  readonly timeout?: Duration;
  /** For a function that waits for somebody else's service nearly all of its time: half the memory, half the price of waiting. */
  readonly waits?: boolean;
  /** Where Lambda puts an asynchronous invocation that kept failing. */
  readonly deadLetterQueue?: Queue;
}

/** 512 comes with somewhat over a quarter of a processor: these functions wait for the network most of the time. */
const memoryMiB = { usual: 512, waiting: 256 } as const;
const defaultTimeout = Duration.seconds(15);

/** How long log lines are kept, by stage. */
const logRetention = { dev: RetentionDays.ONE_WEEK, prod: RetentionDays.THREE_MONTHS } as const;

/**
 * The function of one entry point, with a role and a log group of its own. The role may write that log group and nothing
 * else until something grants it more.
 */
export class ServiceFunction extends LambdaFunction {
  readonly entryPoint: string;
  /** The entry point without its capability: `place-order`. */
  readonly verbNoun: string;

  constructor(scope: Construct, props: ServiceFunctionProps) {
    const { entryPoint, deployment, timeout = defaultTimeout, waits = false, deadLetterQueue } = props;
    const { settings, bundle } = deployment;
    const [capability = '', verbNoun = ''] = entryPoint.split('/');
    const id = pascalCase(verbNoun);
    const functionName = nameIn(settings, verbNoun);
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logRetention[settings.stage],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      functionName,
      description: entryPoint,
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundle.directoryOf(entryPoint)),
      memorySize: waits ? memoryMiB.waiting : memoryMiB.usual,
      timeout,
      role,
      logGroup,
      ...(deadLetterQueue && { deadLetterQueue }),
      environment: {
        STAGE: settings.stage,
        AWS_CLIENT: settings.awsClient,
        POWERTOOLS_SERVICE_NAME: capability,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
    });
    this.entryPoint = entryPoint;
    this.verbNoun = verbNoun;
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}
