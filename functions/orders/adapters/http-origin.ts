import { type Actor, actorName } from '../../shared/actor.ts';
import type { Origin } from '../domain/commit.ts';

/** A commit made for a request over HTTP: its cause is the request. */
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
