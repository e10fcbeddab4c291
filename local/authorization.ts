import { AwsError } from './aws/call.ts';
import type { FunctionModel } from './template/app.ts';
import { isAllowed } from './template/permissions.ts';
import { ACCOUNT } from './template/resource-types.ts';

/** Throws `AccessDeniedException` unless the role of the caller allows the action; '' (no function of the app) may do anything. */
export type Authorize = (caller: string, action: string, resourceArn: string) => void;

/** Evaluates the roles that the app itself gives its functions, so that a missing grant shows here. */
export function authorizer(functions: readonly Pick<FunctionModel, 'name' | 'permissions'>[]): Authorize {
  const permissions = new Map(functions.map((model) => [model.name, model.permissions]));
  const decisions = new Map<string, boolean>();
  return (caller, action, resourceArn) => {
    if (caller === '') return;
    const key = `${caller} ${action} ${resourceArn}`;
    let allowed = decisions.get(key);
    if (allowed === undefined) {
      allowed = isAllowed(permissions.get(caller) ?? [], action, resourceArn);
      decisions.set(key, allowed);
    }
    if (allowed) return;
    throw new AwsError(
      'AccessDeniedException',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/${caller} is not authorized to perform: ${action} on resource: ${resourceArn}`,
    );
  };
}
