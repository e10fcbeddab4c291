import { foldOrder, isBeingUndone, type OrderLog } from '../../orders/index.ts';
import type { SagaName } from '../domain/resumption.ts';
import { cancellationSagaInput, resumedSagaInput, type Trigger } from '../domain/saga-input.ts';

/**
 * Continues an order that does not wait for its customer's confirmation any more: order-saga asks the gateway for the answer
 * and goes forward or undoes the order; cancellation-saga undoes an order that was cancelled meanwhile. Nothing happens to an
 * order that another run has brought further.
 */
export function awaitedOrderContinuer(deps: {
  readonly log: Pick<OrderLog, 'read'>;
  /** Starts an execution under a name; the same name starts it once. */
  start(saga: Exclude<SagaName, 'dispatch'>, name: string, input: object): Promise<void>;
}) {
  return async (ended: Trigger<unknown>): Promise<void> => {
    const { orderId, sequence } = ended;
    const commits = await deps.log.read(orderId);
    const order = foldOrder(commits);
    if (order?.status !== 'placed') return;
    if (isBeingUndone(order.undoing)) {
      await deps.start('cancellation', `${orderId}-cancel-${sequence}`, cancellationSagaInput(ended));
    } else {
      await deps.start('order', `${orderId}-${sequence}`, resumedSagaInput(ended, commits[0]));
    }
  };
}
