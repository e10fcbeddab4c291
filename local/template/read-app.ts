import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compilePattern } from '../bus/pattern.ts';
import { generatedSecret, type SecretGenerator } from '../secrets/secret-generator.ts';
import type { App, QueueMapping, RuleModel, SecretModel, StateMachineModel, StreamMapping, TableModel } from './app.ts';
import type { Assembly } from './assembly.ts';
import { readApis } from './read-apis.ts';
import { readFunctions } from './read-functions.ts';
import type { Resolver } from './resolve.ts';
import type { Find, Resolved } from './resolved.ts';
import { localArn, physicalName, refuseUnknownTypes } from './resource-types.ts';

/** Reads the app from an assembly. Throws on a resource type or an intrinsic function that it does not support. */
export function readApp(assembly: Assembly, resolver: Resolver): App {
  refuseUnknownTypes(assembly.resources);
  const existing = assembly.resources.filter((resource) => resolver.exists(resource));
  const find: Find = (type) =>
    existing
      .filter((resource) => resource.type === type)
      .map((resource) => ({
        resource,
        name: physicalName(resource),
        properties: resolver.properties(resource),
        get arn() {
          return resolver.attribute(resource, 'Arn');
        },
      }));
  const mappings = find('AWS::Lambda::EventSourceMapping');
  const { region } = resolver;
  return {
    region,
    functions: readFunctions(assembly, find),
    tables: find('AWS::DynamoDB::Table').map((table) => readTable(table, resolver)),
    queues: find('AWS::SQS::Queue').map((queue) => readQueue(queue, resolver)),
    queueMappings: mappings
      .filter(({ properties }) => properties.EventSourceArn.includes(':sqs:'))
      .map((mapping) => readQueueMapping(mapping, region)),
    streamMappings: mappings
      .filter(({ properties }) => properties.EventSourceArn.includes(':dynamodb:'))
      .map((mapping) => readStreamMapping(mapping, region)),
    buses: find('AWS::Events::EventBus').map(({ name }) => name),
    rules: find('AWS::Events::Rule')
      .filter(({ properties }) => properties.State !== 'DISABLED')
      .map(readRule),
    stateMachines: find('AWS::StepFunctions::StateMachine').map((machine) => readStateMachine(machine, assembly)),
    apis: readApis(find),
    secrets: find('AWS::SecretsManager::Secret').map((secret) => readSecret(secret, resolver)),
    clientId: find('AWS::Cognito::UserPoolClient')[0]?.name,
  };
}

function readTable({ name, arn, resource, properties }: Resolved, resolver: Resolver): TableModel {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = properties;
  const indexes = (GlobalSecondaryIndexes as Record<string, unknown>[] | undefined)?.map(
    ({ IndexName, KeySchema: keys, Projection }) => ({ IndexName, KeySchema: keys, Projection }),
  );
  return {
    name,
    arn,
    streamArn: resolver.attribute(resource, 'StreamArn'),
    streamView: properties.StreamSpecification?.StreamViewType,
    definition: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema,
      AttributeDefinitions,
      ...(indexes && { GlobalSecondaryIndexes: indexes }),
    },
  };
}

function readQueue({ name, arn, resource, properties }: Resolved, resolver: Resolver) {
  if (properties.FifoQueue) throw new Error(`the local runner does not run FIFO queues yet (${name})`);
  const redrive = properties.RedrivePolicy;
  return {
    name,
    arn,
    url: resolver.attribute(resource, 'QueueUrl'),
    visibilityTimeoutMs: (properties.VisibilityTimeout ?? 30) * 1000,
    delayMs: (properties.DelaySeconds ?? 0) * 1000,
    redrive: redrive && { targetArn: redrive.deadLetterTargetArn, maxReceives: Number(redrive.maxReceiveCount) },
  };
}

function readMapping({ name, properties }: Resolved, region: string) {
  const filters = (properties.FilterCriteria?.Filters ?? []) as { Pattern: string }[];
  return {
    name,
    functionArn: asFunctionArn(properties.FunctionName, region),
    windowMs: (properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    reportsItemFailures: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
    filters: filters.map(({ Pattern }) => compilePattern(Pattern)),
  };
}

/** Lambda's own defaults: batches of 10, at most 1,000 concurrent invocations of one standard queue. */
function readQueueMapping(mapping: Resolved, region: string): QueueMapping {
  const { properties } = mapping;
  return {
    ...readMapping(mapping, region),
    queueArn: properties.EventSourceArn,
    batchSize: properties.BatchSize ?? 10,
    maxConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? 1000,
  };
}

/** Lambda's own defaults: batches of 100, retried without limit until the record expires. */
function readStreamMapping(mapping: Resolved, region: string): StreamMapping {
  const { properties } = mapping;
  const ageSeconds = properties.MaximumRecordAgeInSeconds ?? -1;
  return {
    ...readMapping(mapping, region),
    streamArn: properties.EventSourceArn,
    batchSize: properties.BatchSize ?? 100,
    bisects: properties.BisectBatchOnFunctionError ?? false,
    maxRetries: properties.MaximumRetryAttempts ?? -1,
    maxAgeMs: ageSeconds < 0 ? Number.POSITIVE_INFINITY : ageSeconds * 1000,
    onFailureArn: properties.DestinationConfig?.OnFailure?.Destination,
  };
}

function readRule({ name, arn, properties }: Resolved): RuleModel {
  return {
    name,
    arn,
    bus: properties.EventBusName ?? 'default',
    pattern: properties.EventPattern && compilePattern(properties.EventPattern),
    schedule: properties.ScheduleExpression,
    targets: (properties.Targets ?? []).map(
      (target: Record<string, string> & { DeadLetterConfig?: { Arn: string }; InputTransformer?: unknown }) => {
        if (target.InputTransformer)
          throw new Error(`the local runner does not support InputTransformer (rule ${name})`);
        return {
          arn: target.Arn,
          input: target.Input,
          inputPath: target.InputPath,
          deadLetterArn: target.DeadLetterConfig?.Arn,
        };
      },
    ),
  };
}

function readStateMachine({ resource: { name }, arn, properties }: Resolved, assembly: Assembly): StateMachineModel {
  const key = properties.DefinitionS3Location?.Key as string | undefined;
  const asset = key && assembly.assets.get(basename(key).replace(/\..*$/, ''));
  const text = properties.DefinitionString ?? (asset ? readFileSync(asset, 'utf8') : undefined);
  if (text === undefined) throw new Error(`state machine ${name}: no definition string and no asset ${key}`);
  const substitutions = (properties.DefinitionSubstitutions ?? {}) as Record<string, string>;
  const definition = String(text).replace(/\$\{(\w+)\}/g, (_, variable: string) => {
    const value = substitutions[variable];
    if (value === undefined) throw new Error(`state machine ${name}: nothing is substituted for \${${variable}}`);
    return value;
  });
  return { name, arn, type: properties.StateMachineType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD', definition };
}

function readSecret({ name, resource, properties }: Resolved, resolver: Resolver): SecretModel {
  const generator = (properties.GenerateSecretString ?? {}) as SecretGenerator;
  return {
    name,
    arn: resolver.attribute(resource, 'Ref'),
    initialValue: () => (properties.SecretString as string | undefined) ?? generatedSecret(generator),
  };
}

/** An event source mapping names its function by name or by ARN. */
function asFunctionArn(given: string, region: string): string {
  return given.startsWith('arn:') ? given : localArn(region, 'lambda', `function:${given}`);
}
