import type { Failure } from '../../orders/index.ts';
import type { OrderSagaState, UndoState } from './saga-state.ts';

/** Refusals of the steps: an error by one of these names is an answer, any other is a fault. */
const refusalCodes = new Set([
  'OUT_OF_STOCK',
  'PAYMENT_DECLINED',
  'ADDRESS_REFUSED',
  'CARRIER_REFUSED',
  'HOLD_EXPIRED',
  'CANCELLATION_REQUESTED',
  'ORDER_ENDED',
]);

/** The step of `order-saga` that did not come through, and what the customer is told when it was a fault. */
const steps = {
  ReserveStock: { event: 'StockReservationFailed', code: 'STOCK_UNAVAILABLE', detail: 'The stock could not be held.' },
  AuthorizePayment: {
    event: 'PaymentDeclined',
    code: 'PAYMENT_UNAVAILABLE',
    detail: 'The payment gateway could not be reached.',
  },
  BookShipment: {
    event: 'ShipmentBookingFailed',
    code: 'CARRIER_UNAVAILABLE',
    detail: 'The carrier could not be reached.',
  },
  ConfirmOrder: {
    event: 'OrderConfirmationFailed',
    code: 'CONFIRMATION_UNAVAILABLE',
    detail: 'The order could not be confirmed.',
  },
} as const;

type Step = keyof typeof steps;

/** Each step leaves its answer in the state, so the first answer missing names the step that failed. */
function failedStep(state: Pick<OrderSagaState, 'stock' | 'payment' | 'shipments'>): Step {
  if (state.stock === undefined) return 'ReserveStock';
  if (state.payment === undefined) return 'AuthorizePayment';
  return state.shipments === undefined ? 'BookShipment' : 'ConfirmOrder';
}

export interface StepFailure extends Failure {
  readonly event: (typeof steps)[Step]['event'];
}

/** Reads what Step Functions caught: the code of a refusal with its own detail, or the code that stands for the step's fault. */
export function readStepFailure(state: UndoState): StepFailure {
  const { event, code, detail } = steps[failedStep(state)];
  const caught = state.failure;
  if (caught === undefined || !refusalCodes.has(caught.Error)) return { event, code, detail };
  return { event, code: caught.Error, detail: messageOf(caught.Cause) ?? detail };
}

/** Lambda's description of an error: `{"errorType","errorMessage","trace"}`. */
export function messageOf(cause: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message = (parsed as { errorMessage?: unknown } | null)?.errorMessage;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
