import type { DispatchRequested } from '../../../events/orders/dispatch-requested.v1.ts';
import type { OrderPlaced } from '../../../events/orders/order-placed.v1.ts';
import type { Commit } from '../../orders/domain/commit.ts';
import { foldOrder } from '../../orders/domain/fold-order.ts';
import type { Order } from '../../orders/domain/order.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { DispatchSagaState, OrderSagaState } from './saga-state.ts';

/** What a saga takes from the event that starts it. */
export interface Trigger<Data> {
  readonly orderId: string;
  readonly sequence: number;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly occurredAt: string;
  readonly data: Data;
}

function base({ orderId, sequence, correlationId, traceparent }: Trigger<unknown>) {
  return { orderId, version: sequence, correlationId, traceparent };
}

/** The order travels with the saga, so that no step has to read it. It carries no personal data. */
export function orderSagaInput(trigger: Trigger<OrderPlaced['data']>): OrderSagaState {
  return { ...base(trigger), order: { ...trigger.data, placedAt: trigger.occurredAt } };
}

/**
 * The same from the commit that placed the order, for one that goes on after it waited.
 *
 * @throws Error when that commit is not there.
 */
export function resumedSagaInput(trigger: Trigger<unknown>, first: Commit | undefined): OrderSagaState {
  const [placed] = first?.events ?? [];
  if (first === undefined || placed?.type !== 'OrderPlaced')
    throw new Error(`order ${trigger.orderId} was never placed`);
  return { ...base(trigger), order: { ...placed.data, placedAt: first.committedAt } };
}

export function dispatchSagaInput(trigger: Trigger<DispatchRequested['data']>): DispatchSagaState {
  return { ...base(trigger), ...trigger.data };
}

export function cancellationSagaInput(trigger: Trigger<unknown>) {
  return base(trigger);
}

/** The order as `order-saga` took it over, at whichever version it was `placed`: right unless somebody has decided something about it since. */
export function orderAsPlaced(state: OrderSagaState): Order {
  const { orderId, version, correlationId, traceparent } = state;
  const { placedAt, ...data } = state.order;
  const order = foldOrder([
    {
      orderId,
      version: 1,
      correlationId,
      traceparent,
      causationId: '',
      actor: '',
      committedAt: placedAt as Instant,
      events: [{ type: 'OrderPlaced', version: 1, data }],
    },
  ]);
  if (order === undefined) throw new Error('unreachable: one commit always folds to an order');
  return { ...order, version };
}
