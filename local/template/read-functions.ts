import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FunctionModel } from './app.ts';
import type { Assembly } from './assembly.ts';
import { readStatements, type Statement } from './permissions.ts';
import type { Find, Resolved } from './resolved.ts';

/** Reads the functions with their code, environment variables and permissions. */
export function readFunctions(assembly: Assembly, find: Find): FunctionModel[] {
  const permissions = readPermissions(find);
  return find('AWS::Lambda::Function').map(({ resource, name, arn, properties }) => {
    const { file, exportName } = locateHandler(name, properties, assembly);
    return {
      name: resource.name,
      functionName: name,
      arn,
      file,
      exportName,
      memoryMb: properties.MemorySize ?? 128,
      timeoutMs: (properties.Timeout ?? 3) * 1000,
      environment: stringValues(properties.Environment?.Variables ?? {}),
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      permissions: permissions.get(roleName(properties.Role)) ?? [],
      deadLetterArn: properties.DeadLetterConfig?.TargetArn,
    };
  });
}

function locateHandler(name: string, properties: Resolved['properties'], assembly: Assembly) {
  const hash = basename(String(properties.Code?.S3Key)).replace(/\..*$/, '');
  const dir = assembly.assets.get(hash);
  if (!dir) throw new Error(`function ${name}: its code is no asset of the app`);
  const [module, exportName] = String(properties.Handler).split('.');
  if (!module || !exportName) throw new Error(`function ${name}: handler ${properties.Handler} is not <file>.<export>`);
  const file = ['.mjs', '.js', '.cjs'].map((extension) => join(dir, module + extension)).find(existsSync);
  if (!file) throw new Error(`function ${name}: no module ${module} in ${dir}`);
  return { file, exportName };
}

/** Statements by role name, from inline and attached policies. */
function readPermissions(find: Find): Map<string, Statement[]> {
  const byRole = new Map<string, Statement[]>();
  const add = (role: string, document: unknown) => {
    byRole.set(role, [...(byRole.get(role) ?? []), ...readStatements(document)]);
  };
  for (const { name, properties } of find('AWS::IAM::Role')) {
    for (const policy of properties.Policies ?? []) add(name, policy.PolicyDocument);
  }
  for (const { properties } of find('AWS::IAM::Policy')) {
    for (const role of properties.Roles ?? []) add(role, properties.PolicyDocument);
  }
  return byRole;
}

function roleName(arn: string): string {
  return basename(arn);
}

function stringValues(variables: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)]));
}
