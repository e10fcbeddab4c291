import { AwsError } from './aws/call.ts';
import type { FunctionModel } from './template/app.ts';
import { decide, type LeadingKeys, type Statement, statementsFor } from './template/permissions.ts';
import { ACCOUNT } from './template/resource-types.ts';

/**
 * Throws `AccessDeniedException` unless the role of the caller allows the action; '' (no function of the app) may do
 * anything. `leadingKeys` are asked for only when a grant depends on them.
 */
export type Authorize = (caller: string, action: string, resourceArn: string, leadingKeys?: LeadingKeys) => void;

/** Receives each permitted use of a grant, with the caller's construct id. */
export type GrantUse = (caller: string, action: string, resourceArn: string, leadingKeys: readonly string[]) => void;

/** Evaluates the roles that the app itself gives its functions, so that a missing grant shows here. */
export function authorizer(
  functions: readonly Pick<FunctionModel, 'name' | 'permissions'>[],
  used?: GrantUse,
): Authorize {
  const permissions = new Map(functions.map((model) => [model.name, model.permissions]));
  const concerned = new Map<string, readonly Statement[]>();
  return (caller, action, resourceArn, leadingKeys = () => []) => {
    if (caller === '') return;
    const key = `${caller} ${action} ${resourceArn}`;
    let statements = concerned.get(key);
    if (statements === undefined) {
      statements = statementsFor(permissions.get(caller) ?? [], action, resourceArn);
      concerned.set(key, statements);
    }
    if (decide(statements, leadingKeys)) {
      used?.(caller, action, resourceArn, leadingKeys());
      return;
    }
    throw new AwsError(
      'AccessDeniedException',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/${caller} is not authorized to perform: ${action} on resource: ${resourceArn}`,
    );
  };
}
