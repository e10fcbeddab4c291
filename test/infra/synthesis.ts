import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../infra/holdfast-app.ts';

/** A value of a template. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };

/** A resource of a template and its stack. */
export interface Resource {
  /** `<Data|Services>.<logical id>`: what references are resolved to. */
  readonly name: string;
  readonly Type: string;
  readonly Properties: { readonly [key: string]: Value };
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesized {
  readonly resources: readonly Resource[];
  readonly templates: { readonly Data: Value; readonly Services: Value };
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
    createApp({ outdir, context: { ...context, 'aws:cdk:disable-asset-staging': 'true' } }).synth();
    const files = ['Data', 'Services'].map((stack) => readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
    const [Data, Services] = files.map((file) => JSON.parse(file) as Value);
    return model(
      { Data, Services },
      files.map((file) => Buffer.byteLength(file)),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function model(templates: Synthesized['templates'], templateBytes: readonly number[]): Synthesized {
  const resources = Object.entries(templates).flatMap(([stack, template]) =>
    Object.entries(at(template, 'Resources') as Record<string, object>).map(
      ([id, resource]) => ({ Properties: {}, ...resource, name: `${stack}.${id}` }) as unknown as Resource,
    ),
  );
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const exports = new Map(
    Object.values((at(templates.Data, 'Outputs') ?? {}) as Record<string, Value>).map((output) => [
      at(output, 'Export', 'Name'),
      `Data.${idIn(at(output, 'Value'))}`,
    ]),
  );
  return {
    resources,
    templates,
    templateBytes,
    ofType: (type) => resources.filter((resource) => resource.Type === type),
    target: (reference) => {
      const imported = find(reference, 'Fn::ImportValue');
      const name = imported === undefined ? `Services.${idIn(reference)}` : exports.get(imported);
      const found = byName.get(name ?? '') ?? byName.get(`Data.${idIn(reference)}`);
      if (found === undefined) throw new Error(`reference to an unknown resource: ${JSON.stringify(reference)}`);
      return found;
    },
  };
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
}

/** The statements of a policy document. */
export function statements(document: Value): readonly Statement[] {
  return list(at(document, 'Statement')).map((statement) => ({
    effect: String(at(statement, 'Effect')),
    actions: list(at(statement, 'Action')).map(String),
    resources: list(at(statement, 'Resource')),
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
