import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../infra/holdfast-app.ts';

/** A value of a template. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };

/** A resource of a template and its stack. */
export interface Resource {
  /** `<stack>.<logical id>`: what references are resolved to. */
  readonly name: string;
  readonly Type: string;
  readonly Properties: { readonly [key: string]: Value };
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesized {
  readonly resources: readonly Resource[];
  /** By the stack's construct id. */
  readonly templates: Readonly<Record<string, Value>>;
  /** Size of each template in bytes, as it is uploaded. */
  readonly templateBytes: readonly number[];
  ofType(type: string): readonly Resource[];
  /** The resource of a reference, or of a string that contains one. */
  target(reference: Value): Resource;
}

export type Context = Readonly<Record<string, string>>;

const made = new Map<string, Synthesized>();

/** The app's templates for these settings, synthesized once in a process. */
export function synthesize(context: Context = {}): Synthesized {
  const key = JSON.stringify(context);
  const known = made.get(key) ?? unchecked(() => read(context));
  made.set(key, known);
  return known;
}

/**
 * The same with every check that a deployment makes. Throws on any finding; takes a second or two more the first time.
 */
export function synthesizeChecked(context: Context): Synthesized {
  const checked = read(context);
  made.set(JSON.stringify(context), checked);
  return checked;
}

/** Leaves out the CDK's own checks of the templates, by the switch that the CDK has for it. */
function unchecked<Result>(synthesis: () => Result): Result {
  process.env.CDK_VALIDATION = 'false';
  try {
    return synthesis();
  } finally {
    delete process.env.CDK_VALIDATION;
  }
}

function read(context: Context): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
  try {
    // The functions' code is not read here: it need not be copied for every variant.
    const assembly = createApp({
      outdir,
      context: { ...context, 'aws:cdk:disable-asset-staging': 'true' },
    }).synth();
    return model(
      assembly.stacks.map(({ id, templateFullPath }) => {
        const text = readFileSync(templateFullPath, 'utf8');
        return { stack: id, template: JSON.parse(text) as Value, bytes: Buffer.byteLength(text) };
      }),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

interface Template {
  readonly stack: string;
  readonly template: Value;
  readonly bytes: number;
}

function model(stacks: readonly Template[]): Synthesized {
  const resources = stacks.flatMap(({ stack, template }) =>
    Object.entries(at(template, 'Resources') as Record<string, object>).map(
      ([id, resource]) => ({ Properties: {}, ...resource, name: `${stack}.${id}` }) as unknown as Resource,
    ),
  );
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const byLogicalId = Map.groupBy(resources, ({ name }) => name.split('.')[1] ?? '');
  const exports = new Map(
    stacks.flatMap(({ stack, template }) =>
      Object.values((at(template, 'Outputs') ?? {}) as Record<string, Value>).map(
        (output) => [at(output, 'Export', 'Name'), `${stack}.${idIn(at(output, 'Value'))}`] as const,
      ),
    ),
  );
  const named = new Map(
    resources.flatMap((resource) => {
      const { FunctionName, TopicName } = resource.Properties;
      return FunctionName !== undefined || TopicName !== undefined
        ? [[String(FunctionName ?? TopicName), resource]]
        : [];
    }) as [string, Resource][],
  );
  return {
    resources,
    templates: Object.fromEntries(stacks.map(({ stack, template }) => [stack, template])),
    templateBytes: stacks.map(({ bytes }) => bytes),
    ofType: (type) => resources.filter((resource) => resource.Type === type),
    target: (reference) => {
      const imported = find(reference, 'Fn::ImportValue');
      const found =
        imported === undefined
          ? (alone(byLogicalId.get(idIn(reference) ?? '')) ?? named.get(nameIn(reference)))
          : byName.get(exports.get(imported) ?? '');
      if (found === undefined) throw new Error(`reference to an unknown resource: ${JSON.stringify(reference)}`);
      return found;
    },
  };
}

/** The only resource with a logical id: two stacks with the same one would make a reference ambiguous. */
function alone(found: readonly Resource[] = []): Resource | undefined {
  if (found.length > 1) throw new Error(`${found.map(({ name }) => name).join(' and ')} have the same logical id`);
  return found[0];
}

/** The name at the end of an ARN that a stack has put together for a resource of another stack. */
function nameIn(reference: Value): string {
  const parts = list(at(find(reference, 'Fn::Join'), 1)).filter((part) => typeof part === 'string');
  return /(holdfast-[a-z0-9-]+)/.exec(parts.join(''))?.[1] ?? '';
}

/** The logical id inside a `Ref` or a `Fn::GetAtt`, wherever it is in the value. */
function idIn(reference: Value): string | undefined {
  const ref = find(reference, 'Ref');
  if (typeof ref === 'string' && !ref.startsWith('AWS::')) return ref;
  const attribute = find(reference, 'Fn::GetAtt');
  return typeof at(attribute, 0) === 'string' ? (at(attribute, 0) as string) : undefined;
}

/** The value of the first such key at any depth that is not one of CloudFormation's own pseudo parameters. */
function find(value: Value, key: string): Value {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (name === key && !(typeof inner === 'string' && inner.startsWith('AWS::'))) return inner;
    const deeper = find(inner as Value, key);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** What is at this path of a template, or undefined. */
export function at(value: Value, ...path: readonly (string | number)[]): Value {
  return path.reduce<Value>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string | number, Value>>)[key]
        : undefined,
    value,
  );
}

/** The value as a list: what CloudFormation writes as one when it is alone. */
export function list(value: Value): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly Value[];
  readonly conditions: Value;
}

/** The statements of a policy document. */
export function statements(document: Value): readonly Statement[] {
  return list(at(document, 'Statement')).map((statement) => ({
    effect: String(at(statement, 'Effect')),
    actions: list(at(statement, 'Action')).map(String),
    resources: list(at(statement, 'Resource')),
    conditions: at(statement, 'Condition'),
  }));
}

/** What each function may do: statements by the function's entry point. */
export function grants(app: Synthesized): ReadonlyMap<string, readonly Statement[]> {
  const byRole = new Map<string, Statement[]>();
  for (const policy of app.ofType('AWS::IAM::Policy')) {
    for (const role of list(policy.Properties.Roles)) {
      const { name } = app.target(role);
      byRole.set(name, [...(byRole.get(name) ?? []), ...statements(policy.Properties.PolicyDocument)]);
    }
  }
  return new Map(
    app
      .ofType('AWS::Lambda::Function')
      .map((fn) => [entryPointOf(fn), byRole.get(app.target(fn.Properties.Role).name) ?? []]),
  );
}

export function entryPointOf(fn: Resource): string {
  return String(fn.Properties.Description);
}

/** The environment of a function. */
export function environmentOf(fn: Resource): Readonly<Record<string, Value>> {
  return at(fn.Properties, 'Environment', 'Variables') as Readonly<Record<string, Value>>;
}
