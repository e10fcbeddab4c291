import type { DispatchSagaState } from '../domain/saga-state.ts';

type Dispatched = Pick<DispatchSagaState, 'orderId' | 'shipmentId' | 'location' | 'lines'>;

/** The step that books the units of a dispatched shipment out. A digital shipment has none. */
export function committingStep(commit: (shipment: Dispatched) => Promise<unknown>) {
  return async ({ orderId, shipmentId, location, lines, digital }: DispatchSagaState) => {
    if (digital !== true) await commit({ orderId, shipmentId, location, lines });
    return {};
  };
}
