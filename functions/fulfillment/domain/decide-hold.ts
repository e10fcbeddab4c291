import type { Decision, Order } from '../../orders/index.ts';
import { holdDispatch } from './decide-dispatch-outcome.ts';
import { holdForCompensation } from './decide-outcome.ts';
import type { DispatchSagaState, UndoState } from './saga-state.ts';

/** The saga that puts the order on hold. Only the state of dispatch-saga has a shipment id. */
export function sagaToHold(state: DispatchSagaState | UndoState): 'dispatch' | 'order' {
  return 'shipmentId' in state ? 'dispatch' : 'order';
}

/** The events that put an order on hold for a person because a saga cannot finish it; none when it has ended or is held. */
export function decideHold(order: Order, state: DispatchSagaState | UndoState): Decision {
  return 'shipmentId' in state ? holdDispatch(order, state) : holdForCompensation(order, state);
}
