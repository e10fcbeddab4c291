import type { Origin } from '../../orders/domain/commit.ts';

/** A commit made by a step of a saga: its cause is the commit that started the saga. */
export function sagaOrigin(
  saga: 'order' | 'dispatch' | 'cancellation',
  state: { orderId: string; version: number; correlationId: string; traceparent: string },
): Origin {
  return {
    actor: `saga:${saga}`,
    correlationId: state.correlationId,
    causationId: `${state.orderId}:${state.version}`,
    traceparent: state.traceparent,
  };
}
