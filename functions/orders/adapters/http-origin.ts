import { type Actor, actorName } from '../../shared/actor.ts';
import type { Origin } from '../domain/commit.ts';

/** The origin of a commit that an HTTP request makes. Its cause is the request. */
export function httpOrigin(request: {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly requestId: string;
  readonly traceparent: string;
}): Origin {
  return {
    actor: actorName(request.actor),
    correlationId: request.correlationId,
    causationId: request.requestId,
    traceparent: request.traceparent,
  };
}
