import type { OrderSagaState } from '../../functions/fulfillment/domain/saga-state.ts';
import type { ExecutionSummary, InvokeFault, Local } from '../../local/index.ts';
import type { Shop } from '../support/orders.ts';

export type Saga = 'OrderSaga' | 'DispatchSaga' | 'CancellationSaga';

/** A fault of a step; the trial restricts it to its own order. */
export type StepFault = Omit<InvokeFault, 'when'>;

/** What a trial needs of the system that it runs in. */
export interface RunningSystem {
  readonly local: Local;
  readonly shop: Shop;
  injectFaults(orderId: string, ...faults: readonly StepFault[]): void;
  /** Waits until an order has so many executions of a saga and all of them have ended. */
  ended(saga: Saga, orderId: string, count?: number): Promise<readonly ExecutionSummary[]>;
  /** The input of the order's saga. */
  sagaInput(orderId: string): Promise<OrderSagaState>;
}
