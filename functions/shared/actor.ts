import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { Group } from '../../api/define-route.ts';

/** The caller of a request. `id` is the token's subject, and empty for a request without a token. */
export interface Actor {
  readonly id: string;
  readonly groups: readonly string[];
}

export const anonymous: Actor = { id: '', groups: [] };

export function isStaff(actor: Actor): boolean {
  return actor.groups.includes('staff');
}

export function belongsTo(actor: Actor, groups: readonly Group[]): boolean {
  return groups.some((group) => actor.groups.includes(group));
}

/** The actor's name in the log: `staff:<id>` for a member of any group, else `customer:<id>`. */
export function actorName(actor: Actor): string {
  return `${actor.groups.length > 0 ? 'staff' : 'customer'}:${actor.id}`;
}

/**
 * The actor of a request, from the claims of the HTTP API's JWT authorizer, which passes every claim as text and a list
 * as `[staff warehouse]`.
 */
export function actorOf(event: APIGatewayProxyEventV2WithJWTAuthorizer): Actor {
  const claims = event.requestContext.authorizer?.jwt?.claims;
  if (claims === undefined) return anonymous;
  const groups = String(claims['cognito:groups'] ?? '')
    .replace(/^\[|\]$/g, '')
    .split(/[\s,]+/)
    .filter((group) => group !== '');
  return { id: String(claims.sub ?? ''), groups };
}
