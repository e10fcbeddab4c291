import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One CloudFormation resource of the synthesized app, unresolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  /** The construct id, or the logical id where the construct id is not unique. */
  readonly name: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  readonly condition: string | undefined;
}

/** The output of `cdk synth`, as far as the runner reads it. */
export interface Assembly {
  readonly dir: string;
  readonly stacks: Map<string, StackTemplate>;
  readonly resources: readonly Resource[];
  /** Absolute path of an asset's source by its content hash. */
  readonly assets: Map<string, string>;
}

export interface StackTemplate {
  readonly name: string;
  readonly resources: Map<string, Resource>;
  readonly conditions: Record<string, unknown>;
  readonly parameters: Record<string, { Default?: unknown }>;
  readonly outputs: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
}

interface RawResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
  Metadata?: Record<string, string>;
}

interface RawTemplate {
  Resources?: Record<string, RawResource>;
  Conditions?: Record<string, unknown>;
  Parameters?: StackTemplate['parameters'];
  Outputs?: StackTemplate['outputs'];
}

interface Manifest {
  artifacts: Record<
    string,
    { type: string; properties?: { templateFile?: string; stackName?: string; file?: string } }
  >;
}

/** Reads manifest, templates and asset manifests of a `cdk.out` directory. Throws when the directory is not one. */
export function loadAssembly(dir: string): Assembly {
  const manifest = readJson<Manifest>(join(dir, 'manifest.json'));
  const templates: [string, RawTemplate][] = [];
  const assets = new Map<string, string>();
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    if (artifact.type === 'aws:cloudformation:stack' && artifact.properties?.templateFile) {
      const template = readJson<RawTemplate>(join(dir, artifact.properties.templateFile));
      templates.push([artifact.properties.stackName ?? id, template]);
    }
    if (artifact.type === 'cdk:asset-manifest' && artifact.properties?.file) {
      const listed = readJson<{ files?: Record<string, { source: { path?: string } }> }>(
        join(dir, artifact.properties.file),
      );
      for (const [hash, file] of Object.entries(listed.files ?? {})) {
        if (file.source.path) assets.set(hash, join(dir, file.source.path));
      }
    }
  }
  const names = constructIds(templates);
  const stacks = new Map(templates.map(([name, raw]) => [name, toStack(name, raw, names)]));
  return { dir, stacks, assets, resources: [...stacks.values()].flatMap((stack) => [...stack.resources.values()]) };
}

function toStack(name: string, raw: RawTemplate, names: Map<RawResource, string>): StackTemplate {
  const resources = new Map<string, Resource>();
  for (const [logicalId, resource] of Object.entries(raw.Resources ?? {})) {
    resources.set(logicalId, {
      stack: name,
      logicalId,
      name: names.get(resource) ?? logicalId,
      type: resource.Type,
      properties: resource.Properties ?? {},
      condition: resource.Condition,
    });
  }
  return {
    name,
    resources,
    conditions: raw.Conditions ?? {},
    parameters: raw.Parameters ?? {},
    outputs: raw.Outputs ?? {},
  };
}

/**
 * The construct id of each resource (`services/Orders/PlaceOrder/Resource` is `PlaceOrder`). Where several resources of a
 * type have the same one, the parent's is used (`services/Orders/OrderSaga/StateMachine/Resource` is `OrderSaga`).
 */
function constructIds(templates: [string, RawTemplate][]): Map<RawResource, string> {
  const paths = new Map<RawResource, string[]>();
  for (const [, template] of templates) {
    for (const resource of Object.values(template.Resources ?? {})) {
      const path = resource.Metadata?.['aws:cdk:path']?.split('/') ?? [];
      if (path.at(-1) === 'Resource' || path.at(-1) === 'Default') path.pop();
      if (path.length > 0) paths.set(resource, path);
    }
  }
  const names = new Map<RawResource, string>();
  for (const depth of [-1, -2]) {
    const counts = new Map<string, number>();
    const idOf = (resource: RawResource) => `${resource.Type} ${paths.get(resource)?.at(depth)}`;
    for (const resource of paths.keys()) counts.set(idOf(resource), (counts.get(idOf(resource)) ?? 0) + 1);
    for (const [resource, path] of paths) {
      const name = path.at(depth);
      if (name && counts.get(idOf(resource)) === 1 && !names.has(resource)) names.set(resource, name);
    }
  }
  return names;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
