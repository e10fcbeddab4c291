import type { OrderEvent } from '../../../events/catalog.ts';
import type { Commit, Order, Unfinished } from '../../orders/index.ts';
import { cancellationSagaInput, dispatchSagaInput, resumedSagaInput, type Trigger } from './saga-input.ts';

export type SagaName = 'order' | 'dispatch' | 'cancellation';

/** An execution that may replace a lost one. */
export interface Resumption {
  readonly saga: SagaName;
  /**
   * The name of the first execution, under which its starter starts it. A Standard state machine that still runs it
   * starts no second one for the same input.
   */
  readonly name: string;
  readonly input: object;
}

/**
 * The execution that continues a part of an order that is under way; undefined when no saga does. An order that is being
 * undone gets cancellation-saga, which undoes whatever was done and ends the order as rejected or cancelled: order-saga
 * would go forward again.
 *
 * @param commits all commits of the order, oldest first.
 * @throws Error when the log lacks the event from which the input is made.
 */
export function resumptionOf(part: Unfinished, order: Order, commits: readonly Commit[]): Resumption | undefined {
  switch (part.reason) {
    case 'placement':
    case 'payment_action': {
      const trigger = lastCommit(order, commits);
      const name = order.version === 1 ? order.orderId : `${order.orderId}-${order.version}`;
      return { saga: 'order', name, input: resumedSagaInput(trigger, commits[0]) };
    }
    case 'undo': {
      const found = lastEvent(commits, 'CancellationRequested');
      const name = found && found.event.data.from !== 'placed' ? `cancel-${found.commit.version}` : 'undo';
      const trigger = found === undefined ? lastCommit(order, commits) : triggerOf(found.commit, undefined);
      return { saga: 'cancellation', name: `${order.orderId}-${name}`, input: cancellationSagaInput(trigger) };
    }
    case 'dispatch': {
      const { shipmentId } = part;
      const found = lastEvent(commits, 'DispatchRequested', (event) => event.data.shipmentId === shipmentId);
      if (found === undefined) throw new Error(`order ${order.orderId}: no dispatch of ${shipmentId} was requested`);
      const trigger = triggerOf(found.commit, found.event.data);
      return { saga: 'dispatch', name: `${shipmentId}-${trigger.sequence}`, input: dispatchSagaInput(trigger) };
    }
    default:
      return undefined;
  }
}

/** The name of the n-th execution after the first, which has the number 0. */
export function nameOf({ name }: Resumption, number: number): string {
  return number === 0 ? name : `${name}-again-${number}`;
}

function lastCommit(order: Order, commits: readonly Commit[]): Trigger<undefined> {
  const last = commits.at(-1);
  if (last === undefined) throw new Error(`order ${order.orderId} has no commits`);
  return triggerOf(last, undefined);
}

function triggerOf<Data>(commit: Commit, data: Data): Trigger<Data> {
  const { orderId, version: sequence, correlationId, traceparent, committedAt: occurredAt } = commit;
  return { orderId, sequence, correlationId, traceparent, occurredAt, data };
}

function lastEvent<Type extends OrderEvent['type']>(
  commits: readonly Commit[],
  type: Type,
  isMeant: (event: Extract<OrderEvent, { type: Type }>) => boolean = () => true,
): { readonly commit: Commit; readonly event: Extract<OrderEvent, { type: Type }> } | undefined {
  for (const commit of commits.toReversed()) {
    const event = commit.events.findLast(
      (each): each is Extract<OrderEvent, { type: Type }> =>
        each.type === type && isMeant(each as Extract<OrderEvent, { type: Type }>),
    );
    if (event !== undefined) return { commit, event };
  }
  return undefined;
}
