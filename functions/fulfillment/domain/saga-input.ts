import type { DispatchRequested } from '../../../events/orders/dispatch-requested.v1.ts';
import type { OrderPlaced } from '../../../events/orders/order-placed.v1.ts';
import { type Commit, type Order, placedOrder } from '../../orders/index.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { isCompact } from './compact-state.ts';
import type { DispatchSagaState, OrderSagaState } from './saga-state.ts';

/** The fields of the event that starts a saga from which the saga's input is made. */
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

/** The input of order-saga. It contains the order, so that no step has to read it, and no personal data. */
export function orderSagaInput(trigger: Trigger<OrderPlaced['data']>): OrderSagaState {
  return { ...base(trigger), order: inState(trigger.data, trigger.occurredAt) };
}

/**
 * The input of order-saga for an order that resumes after its stock arrived, or whose placement was lost, made from the commit
 * that placed it.
 *
 * @param first the order's commit of version 1.
 * @throws Error when `first` is missing or places no order.
 */
export function resumedSagaInput(trigger: Trigger<unknown>, first: Commit | undefined): OrderSagaState {
  const [placed] = first?.events ?? [];
  if (first === undefined || placed?.type !== 'OrderPlaced')
    throw new Error(`order ${trigger.orderId} was never placed`);
  return { ...base(trigger), order: inState(placed.data, first.committedAt) };
}

/** No step reads a title, and those of a large order do not fit into the state. */
function inState(data: OrderPlaced['data'], placedAt: string): OrderSagaState['order'] {
  if (!isCompact(data.lines)) return { ...data, placedAt };
  return { ...data, lines: data.lines.map(({ title: _title, ...line }) => line), placedAt };
}

export function dispatchSagaInput(trigger: Trigger<DispatchRequested['data']>): DispatchSagaState {
  return { ...base(trigger), ...trigger.data };
}

export function cancellationSagaInput(trigger: Trigger<unknown>) {
  return base(trigger);
}

/**
 * The order as it was when order-saga started, made from the saga's state without a read of the log. It is the current
 * order unless another decision has been committed since. The commit that follows is conditional on the version, so an
 * outdated order costs one read and cannot be committed on. The lines of a large order have empty titles.
 */
export function orderAsPlaced({ orderId, version, order: { placedAt, ...data } }: OrderSagaState): Order {
  const lines = data.lines.map((line) => ({ ...line, title: line.title ?? '' }));
  return { ...placedOrder(orderId, placedAt as Instant, { ...data, lines }), version };
}
