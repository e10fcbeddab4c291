import type { Resource } from './assembly.ts';

/** Id of the local account. */
export const ACCOUNT = '000000000000';
/** Region of the local resources unless the options name another one. */
export const DEFAULT_REGION = 'us-east-1';

/** Where the app runs: its region, and addresses that exist only once the runner listens. */
export interface Endpoints {
  readonly region: string;
  /** Base URL of the AWS endpoint: queue URLs start with it. */
  readonly aws: string;
  /** Base URL of an HTTP API. */
  api(resource: Resource): string;
}

type Attributes = (name: string, resource: Resource, endpoints: Endpoints) => Record<string, string>;

/** ARN of a resource of the local account: `localArn('eu-central-1', 'sqs', 'orders')`. */
export function localArn(region: string, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
}

/** The region in an ARN. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

/** The resource types that the runner emulates or refers to, with the values of `Ref` and `Fn::GetAtt`. */
export const SUPPORTED: Record<string, Attributes> = {
  'AWS::DynamoDB::Table': (name, _, { region }) => {
    const table = localArn(region, 'dynamodb', `table/${name}`);
    return { Ref: name, Arn: table, StreamArn: `${table}/stream/local` };
  },
  'AWS::Lambda::Function': (name, _, { region }) => ({
    Ref: name,
    Arn: localArn(region, 'lambda', `function:${name}`),
  }),
  'AWS::Lambda::EventSourceMapping': (name) => ({ Ref: name, Id: name }),
  'AWS::SQS::Queue': (name, _, endpoints) => {
    const url = `${endpoints.aws}/${ACCOUNT}/${name}`;
    return { Ref: url, QueueUrl: url, QueueName: name, Arn: localArn(endpoints.region, 'sqs', name) };
  },
  'AWS::Events::EventBus': (name, _, { region }) => ({
    Ref: name,
    Name: name,
    Arn: localArn(region, 'events', `event-bus/${name}`),
  }),
  'AWS::Events::Rule': (name, _, { region }) => ({ Ref: name, Arn: localArn(region, 'events', `rule/${name}`) }),
  'AWS::StepFunctions::StateMachine': (name, _, { region }) => {
    const machine = localArn(region, 'states', `stateMachine:${name}`);
    return { Ref: machine, Arn: machine, Name: name };
  },
  'AWS::ApiGatewayV2::Api': (name, resource, endpoints) => ({
    Ref: name,
    ApiId: name,
    ApiEndpoint: endpoints.api(resource),
  }),
  'AWS::ApiGatewayV2::Stage': (_, resource) => ({ Ref: String(resource.properties.StageName) }),
  'AWS::ApiGatewayV2::Route': (name) => ({ Ref: name, RouteId: name }),
  'AWS::ApiGatewayV2::Integration': (name) => ({ Ref: name, IntegrationId: name }),
  'AWS::ApiGatewayV2::Authorizer': (name) => ({ Ref: name, AuthorizerId: name }),
  'AWS::SecretsManager::Secret': (name, _, { region }) => {
    const secret = localArn(region, 'secretsmanager', `secret:${name}`);
    return { Ref: secret, Id: secret };
  },
  'AWS::Cognito::UserPool': (name, _, { region }) => {
    const id = `${region}_${name}`;
    const host = `cognito-idp.${region}.amazonaws.com/${id}`;
    return {
      Ref: id,
      Arn: localArn(region, 'cognito-idp', `userpool/${id}`),
      ProviderName: host,
      ProviderURL: `https://${host}`,
    };
  },
  'AWS::Cognito::UserPoolClient': (name) => ({ Ref: name, ClientId: name }),
  'AWS::IAM::Role': (name) => ({ Ref: name, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleId: name }),
  'AWS::IAM::Policy': (name) => ({ Ref: name }),
};

/**
 * The resource types without a meaning on one machine: resource policies, alarms, logs, archives, metadata. They are
 * ignored; their `Ref` and `Fn::GetAtt` are placeholders.
 */
const WITHOUT_LOCAL_MEANING: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::ResourcePolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** The property that contains the physical name, where the app sets one. */
const NAME_PROPERTY: Record<string, string> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::SecretsManager::Secret': 'Name',
};

/** The physical name: the one that the app sets, if it is a plain string, else the construct id. */
export function physicalName(resource: Resource): string {
  const given = resource.properties[NAME_PROPERTY[resource.type] ?? ''];
  if (typeof given === 'string') return given;
  const fifo = resource.type === 'AWS::SQS::Queue' && resource.properties.FifoQueue === true;
  return fifo && !resource.name.endsWith('.fifo') ? `${resource.name}.fifo` : resource.name;
}

/** Throws on the first resource whose type is in neither of the two lists above. */
export function refuseUnknownTypes(resources: readonly Resource[]): void {
  for (const { type, stack, logicalId } of resources) {
    if (SUPPORTED[type] || WITHOUT_LOCAL_MEANING.has(type)) continue;
    throw new Error(
      `the local runner does not support the resource type ${type} (${stack}/${logicalId}): give it a meaning or list it ` +
        'as without local meaning in local/template/resource-types.ts',
    );
  }
}
