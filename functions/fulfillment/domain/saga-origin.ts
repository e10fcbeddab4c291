import type { Order, Origin } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';

/** The origin of a commit that a step of a saga makes. Its cause is the commit that started the saga. */
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

/** The answer of a step that only commits to the order's log. */
export function committed(
  order: Order | Refusal,
): { readonly status: Order['status']; readonly version: number } | Refusal {
  return isRefusal(order) ? order : { status: order.status, version: order.version };
}
