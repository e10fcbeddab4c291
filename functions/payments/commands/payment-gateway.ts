import type { Refusal } from '../../shared/kernel/refusal.ts';

/** An amount that is authorized, captured, released or refunded, in minor units of an ISO 4217 currency. */
export interface PaidAmount {
  /** The gateway's id of the payment. */
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

export interface AuthorizationRequest {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's id of a payment method, never a card number. */
  readonly paymentMethodId: string;
}

export interface CaptureRequest {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** True for the last capture of the order. The gateway releases the rest of the authorization. */
  readonly final: boolean;
}

export interface VoidRequest {
  readonly orderId: string;
  /** Absent when the answer to the authorization was lost. The gateway is then searched by the order. */
  readonly paymentId?: string | undefined;
}

/** The gateway has no payment with the id that it was asked about. Asking again does not help. */
export class UnknownPayment extends Error {
  override readonly name = 'UnknownPayment';
}

/**
 * Authorizes, captures and voids payments. Every effect has a key derived from its order (and shipment), so a repeated call
 * changes nothing and returns the same.
 *
 * Every method throws `TransientFault` when the outcome is unknown (a timeout, a cut connection, a 5xx answer, a throttle):
 * the effect may have happened. Repeat the call, or void.
 */
export interface PaymentGateway {
  /** Holds the amount on the customer's account. One authorization per order. */
  authorize(request: AuthorizationRequest): Promise<PaidAmount | Refusal<'PAYMENT_DECLINED'>>;
  /** Takes a shipment's share of the authorized amount. One capture per shipment. */
  capture(request: CaptureRequest): Promise<PaidAmount | Refusal<'PAYMENT_CAPTURE_REFUSED'>>;
  /**
   * Releases the authorized amount and refunds what was captured. Returns `voided: null` when there is nothing to void; a
   * second call returns the same as the first one.
   *
   * @throws UnknownPayment when the gateway does not have the payment.
   */
  void(request: VoidRequest): Promise<{ readonly voided: PaidAmount | null }>;
}
