import { readFileSync } from 'node:fs';

export interface State {
  readonly Type: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

export const sagaNames = ['order-saga', 'dispatch-saga', 'cancellation-saga'] as const;
export type SagaName = (typeof sagaNames)[number];

/** The states of a saga as it is deployed. */
export function statesOf(saga: SagaName): Readonly<Record<string, State>> {
  const text = readFileSync(new URL(`../../statemachines/${saga}.asl.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { States: Record<string, State> }).States;
}

/** How often a saga tries a step whose faults may pass. */
export function triesOf(saga: SagaName, step: string): number {
  const [retry] = statesOf(saga)[step]?.Retry ?? [];
  if (retry === undefined) throw new Error(`${saga} has no retry for ${step}`);
  return retry.MaxAttempts + 1;
}

/** A step's name, once for each time that it was entered. */
export function times(step: string, count: number): string[] {
  return Array.from({ length: count }, () => step);
}

/** The forward steps of the order saga. */
export const forward = ['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder'] as const;
export type ForwardStep = (typeof forward)[number];

/** The undo steps, in their order. */
export const undoing = ['CancelShipment', 'VoidPayment', 'ReleaseStock'] as const;

/**
 * The undo chain of the order saga. The outcome of a faulted step is unknown, and an earlier run may have got further than the
 * faulted one, so every fault leads to the beginning of the chain.
 */
export const wayBack = [...undoing, 'RejectOrder'] as const;

/** For each step: the code of its fault, the event that records it, and the undo step that a refusal leads to. */
export const failures = {
  ReserveStock: { code: 'STOCK_UNAVAILABLE', event: 'StockReservationFailed', own: 'ReleaseStock' },
  AuthorizePayment: { code: 'PAYMENT_UNAVAILABLE', event: 'PaymentDeclined', own: 'VoidPayment' },
  BookShipment: { code: 'CARRIER_UNAVAILABLE', event: 'ShipmentBookingFailed', own: 'CancelShipment' },
  ConfirmOrder: { code: 'CONFIRMATION_UNAVAILABLE', event: 'OrderConfirmationFailed', own: 'CancelShipment' },
} as const satisfies Record<ForwardStep, object>;
