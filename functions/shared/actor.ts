import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { Group } from '../../api/define-route.ts';

/** Who asks. `id` is the token's subject; empty for a request without a token. */
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

/** How an actor is written into the log: `customer:<id>`, or `staff:<id>` for anybody in a group. */
export function actorName(actor: Actor): string {
  return `${actor.groups.length > 0 ? 'staff' : 'customer'}:${actor.id}`;
}

/**
 * Reads the claims as the HTTP API's JWT authorizer passes them on: all of them text, a list as `[staff warehouse]`.
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
