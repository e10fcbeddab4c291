import type { Failure } from '../../orders/index.ts';
import { ConfigurationFault } from '../../shared/kernel/faults.ts';
import type { OrderSagaState, UndoState } from './saga-state.ts';

/** Codes with which a step refuses. An error with another name is a fault. */
const refusalCodes = new Set([
  'OUT_OF_STOCK',
  'DISCOUNT_USED_UP',
  'PAYMENT_DECLINED',
  'PAYMENT_ACTION_EXPIRED',
  'ADDRESS_REFUSED',
  'CARRIER_REFUSED',
  'HOLD_EXPIRED',
  'CANCELLATION_REQUESTED',
  'ORDER_ENDED',
]);

/**
 * For each step of `order-saga`: the event of its failure, and the code and text for the customer when the failure is a
 * fault.
 */
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

/** Each step leaves its answer in the state, so the first missing answer identifies the step that failed. */
function failedStep(state: Pick<OrderSagaState, 'stock' | 'payment' | 'shipments'>): Step {
  if (state.stock === undefined) return 'ReserveStock';
  if (state.payment === undefined) return 'AuthorizePayment';
  return state.shipments === undefined ? 'BookShipment' : 'ConfirmOrder';
}

/**
 * True when a step failed because of this deployment's configuration, which says nothing about the order.
 *
 * @param caught what Step Functions caught of the step, `failure` or `undoFailure`.
 */
export function isConfigurationFailure(caught: UndoState['failure']): boolean {
  return caught?.Error === ConfigurationFault.code;
}

export interface StepFailure extends Failure {
  readonly event: (typeof steps)[Step]['event'];
}

/**
 * The failure that Step Functions caught: the code and detail of a refusal, or the step's own code and text for a
 * fault.
 */
export function readStepFailure(state: UndoState): StepFailure {
  const { event, code, detail } = steps[failedStep(state)];
  const caught = state.failure;
  if (caught === undefined || !refusalCodes.has(caught.Error)) return { event, code, detail };
  return { event, code: caught.Error, detail: messageOf(caught.Cause) ?? detail };
}

/**
 * The message in Lambda's description of an error, `{"errorType","errorMessage","trace"}`; undefined when `cause` is not
 * such a description.
 */
export function messageOf(cause: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message = (parsed as { errorMessage?: unknown } | null)?.errorMessage;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
