import { definitionNamed } from '../statemachines/definitions.ts';

/** How often a saga runs a step that keeps failing with a transient error: the first attempt and its retries. */
export function triesOf(saga: string, step: string): number {
  const [retry] = definitionNamed(saga).States[step]?.Retry ?? [];
  if (retry === undefined) throw new Error(`${saga} has no retry for ${step}`);
  return retry.MaxAttempts + 1;
}

/** The name of a step, `count` times. */
export function times(step: string, count: number): string[] {
  return Array.from({ length: count }, () => step);
}

/** The steps on the happy path of the order saga. */
export const forward = ['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder'] as const;
export type ForwardStep = (typeof forward)[number];

/** The undo steps in the order in which they run. */
export const undoing = ['CancelShipment', 'VoidPayment', 'ReleaseStock'] as const;

/**
 * The compensation of the order saga. The outcome of a step that faults is unknown, and another run of the saga may be
 * further, so every fault leads to its first step.
 */
export const wayBack = [...undoing, 'RejectOrder'] as const;

/** By step: the rejection's code after a fault, the event that records it, and the undo step that follows a refusal. */
export const failures = {
  ReserveStock: { code: 'STOCK_UNAVAILABLE', event: 'StockReservationFailed', own: 'ReleaseStock' },
  AuthorizePayment: { code: 'PAYMENT_UNAVAILABLE', event: 'PaymentDeclined', own: 'VoidPayment' },
  BookShipment: { code: 'CARRIER_UNAVAILABLE', event: 'ShipmentBookingFailed', own: 'CancelShipment' },
  ConfirmOrder: { code: 'CONFIRMATION_UNAVAILABLE', event: 'OrderConfirmationFailed', own: 'CancelShipment' },
} as const satisfies Record<ForwardStep, object>;
