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

/** The actor's name in the log: `staff:<id>`, `warehouse:<id>`, or `customer:<id>` for a member of no such group. */
export function actorName(actor: Actor): string {
  const group = (['staff', 'warehouse'] as const).find((each) => actor.groups.includes(each));
  return `${group ?? 'customer'}:${actor.id}`;
}

/**
 * The actor of a request, from the claims of the HTTP API's JWT authorizer, which passes every claim as text and a list
 * as `[staff warehouse]`. Names of groups have no white space, but may have commas and brackets: `x,staff` is one group.
 */
export function actorOf(event: APIGatewayProxyEventV2WithJWTAuthorizer): Actor {
  const claims = event.requestContext.authorizer?.jwt?.claims;
  if (claims === undefined) return anonymous;
  return { id: String(claims.sub ?? ''), groups: groupsIn(String(claims['cognito:groups'] ?? '')) };
}

function groupsIn(claim: string): readonly string[] {
  const isList = claim.startsWith('[') && claim.endsWith(']');
  const groups = isList ? claim.slice(1, -1).split(/\s+/) : [claim];
  return groups.filter((group) => group !== '');
}
