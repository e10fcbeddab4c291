/** What the rules need to know of a resource; everything else of a template is left out, so that a release's facts are small. */
export interface ResourceFacts {
  readonly type: string;
  /** The fixed name, which can exist only once in an account and region. */
  readonly name?: string;
  /** Whether the resource stays when its stack no longer has it. */
  readonly retained?: true;
  /** Key attributes with their types: changing them replaces a table. */
  readonly keys?: string;
  /** The key attributes of each index by its name. */
  readonly indexes?: Readonly<Record<string, string>>;
  readonly warmWrites?: number;
  /** `STANDARD` or `EXPRESS`. */
  readonly machineType?: string;
  readonly routeKey?: string;
  /** The routes with an own throttle. */
  readonly throttledRoutes?: readonly string[];
  readonly dependsOn?: readonly string[];
  /** The bus that an archive keeps events of: its logical id. */
  readonly bus?: string;
  /** Size of a function's environment variables in bytes, where a reference counts as the 100 bytes of a long ARN. */
  readonly environmentBytes?: number;
  /** How an alarm treats a period without data. */
  readonly missingData?: string;
}

export interface StackFacts {
  readonly resources: Readonly<Record<string, ResourceFacts>>;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

/** The facts of all stacks by their construct id, in the order of their deployment, and the settings they were made with. */
export interface AppFacts {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly stacks: Readonly<Record<string, StackFacts>>;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Properties = Readonly<Record<string, Json | undefined>>;

interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

/** The parts of a CloudFormation template that the rules read. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name: Json } }>>;
}

const nameProperties = [
  'FunctionName',
  'QueueName',
  'TopicName',
  'StateMachineName',
  'AlarmName',
  'LogGroupName',
  'TableName',
];

/** A reference becomes an ARN or a name of at most this length. */
const bytesOfReference = 100;

export function factsOf(template: Template): StackFacts {
  const resources = Object.entries(template.Resources ?? {}).map(([id, each]) => [id, resourceFacts(each)] as const);
  return {
    resources: Object.fromEntries(resources),
    exports: Object.values(template.Outputs ?? {}).flatMap((each) => (each.Export ? [textOf(each.Export.Name)] : [])),
    imports: [...new Set(importsIn((template.Resources ?? {}) as unknown as Json))].sort(),
  };
}

function resourceFacts({ Type, Properties = {}, DeletionPolicy, DependsOn }: Resource): ResourceFacts {
  const name = Properties.Name ?? nameProperties.map((each) => Properties[each]).find((each) => each !== undefined);
  return {
    type: Type,
    ...(isNamed(Type) && typeof name === 'string' && { name }),
    ...(DeletionPolicy?.startsWith('Retain') && { retained: true as const }),
    ...factsByType[Type]?.(Properties, DependsOn === undefined ? [] : [DependsOn].flat()),
  };
}

/** Types that refer to another resource by a property with the same name as that resource's own name. */
function isNamed(type: string): boolean {
  return type !== 'AWS::Lambda::Permission' && type !== 'AWS::Lambda::EventSourceMapping';
}

const factsByType: Readonly<
  Record<string, (properties: Properties, dependsOn: readonly string[]) => Partial<ResourceFacts>>
> = {
  'AWS::DynamoDB::Table': (table) => {
    const types = new Map(
      listOf(table.AttributeDefinitions).map((each) => [at(each, 'AttributeName'), at(each, 'AttributeType')]),
    );
    const keysOf = (schema: Json | undefined) =>
      listOf(schema)
        .map((each) => `${at(each, 'AttributeName')}:${types.get(at(each, 'AttributeName'))}`)
        .join(' ');
    const warmWrites = Number(at(table.WarmThroughput ?? null, 'WriteUnitsPerSecond'));
    return {
      keys: keysOf(table.KeySchema),
      indexes: Object.fromEntries(
        listOf(table.GlobalSecondaryIndexes).map((index) => [
          String(at(index, 'IndexName')),
          keysOf(at(index, 'KeySchema')),
        ]),
      ),
      ...(warmWrites > 0 && { warmWrites }),
    };
  },
  'AWS::StepFunctions::StateMachine': (machine) => ({ machineType: String(machine.StateMachineType ?? 'STANDARD') }),
  'AWS::ApiGatewayV2::Route': (route) => ({ routeKey: String(route.RouteKey) }),
  'AWS::ApiGatewayV2::Stage': (stage, dependsOn) => ({
    throttledRoutes: Object.keys((stage.RouteSettings ?? {}) as object).sort(),
    dependsOn,
  }),
  'AWS::Events::Archive': (archive) => ({ bus: String(at(at(archive.SourceArn ?? null, 'Fn::GetAtt') ?? null, 0)) }),
  'AWS::Lambda::Function': (fn) => {
    const variables = Object.entries((at(fn.Environment ?? null, 'Variables') ?? {}) as Record<string, Json>);
    const bytes = ([name, value]: [string, Json]) =>
      name.length + (typeof value === 'string' ? Buffer.byteLength(value) : bytesOfReference);
    return { environmentBytes: variables.reduce((sum, each) => sum + bytes(each), 0) };
  },
  'AWS::CloudWatch::Alarm': (alarm) => ({ missingData: String(alarm.TreatMissingData ?? 'missing') }),
};

function importsIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json]) =>
    key === 'Fn::ImportValue' ? [textOf(inner)] : importsIn(inner),
  );
}

function at(value: Json, key: string | number): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, Json>)[key] : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
