import { type Conditions, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { pascalCase } from '../entry-points.ts';
import { type Build, nameIn } from './build.ts';

export interface ServiceFunctionProps {
  /** `<capability>/<verb-noun>`, a file under `functions/`. */
  readonly entryPoint: string;
  readonly build: Build;
  /** Default: 15 seconds, above the 13 of the longest call of an AWS service (functions/shared/aws/README.md). */
  readonly timeout?: Duration;
  /**
   * True for a function that spends nearly all of its time waiting for an external service: half the memory halves the
   * price of waiting.
   */
  readonly waits?: boolean;
  /** The queue to which Lambda sends an asynchronous invocation after its last retry. */
  readonly deadLetterQueue?: Queue;
}

/**
 * 512 MiB come with somewhat more than a quarter of a processor, enough for functions that mostly wait for the network.
 */
const memoryMiB = { usual: 512, waiting: 256 } as const;
const defaultTimeout = Duration.seconds(15);

/** How long log lines are kept, by stage. */
const logRetention = { dev: RetentionDays.ONE_WEEK, prod: RetentionDays.THREE_MONTHS } as const;

/**
 * The function of one entry point, with its own role and log group. The role may only write to that log group until further
 * permissions are granted.
 */
export class ServiceFunction extends LambdaFunction {
  readonly entryPoint: string;
  /** The entry point without its capability: `place-order`. */
  readonly verbNoun: string;

  constructor(scope: Construct, props: ServiceFunctionProps) {
    const { entryPoint, build, timeout = defaultTimeout, waits = false, deadLetterQueue } = props;
    const { settings, bundle } = build;
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
        CELL: settings.cell,
        AWS_CLIENT: settings.awsClient,
        POWERTOOLS_SERVICE_NAME: capability,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
    });
    this.entryPoint = entryPoint;
    this.verbNoun = verbNoun;
  }

  /** Grants the function these actions on these resources, under the conditions. */
  allow(actions: readonly string[], resources: readonly string[], conditions: Conditions = {}): void {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }));
  }
}
