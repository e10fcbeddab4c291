import type { Refusal } from '../../shared/kernel/refusal.ts';

/** Money that a payment holds, has moved or has given back: minor units of an ISO 4217 currency. */
export interface PaidAmount {
  /** The gateway's own id. */
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

export interface AuthorizationRequest {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's id of a payment method; card numbers never come here. */
  readonly paymentMethodId: string;
}

export interface CaptureRequest {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** True for the last capture of the order: what is left of the authorization is released. */
  readonly final: boolean;
}

export interface VoidRequest {
  readonly orderId: string;
  /** Absent when the answer to the authorization was lost: then it is looked up by the order. */
  readonly paymentId?: string | undefined;
}

/**
 * Takes the customer's money. Every effect has a key that follows from its order (and shipment), so that running it
 * again changes nothing and answers the same.
 *
 * Any method throws `TransientFault` when the outcome is unknown (a timeout, a cut connection, a 5xx answer, a
 * throttle): the effect may have happened. Run it again, or void.
 */
export interface PaymentGateway {
  /** Holds the amount on the customer's account, once per order. */
  authorize(request: AuthorizationRequest): Promise<PaidAmount | Refusal<'PAYMENT_DECLINED'>>;
  /** Takes a shipment's share of the held amount, once per shipment. */
  capture(request: CaptureRequest): Promise<PaidAmount | Refusal<'PAYMENT_CAPTURE_REFUSED'>>;
  /**
   * Gives everything back: what is held is released, what was captured is refunded. Harmless where nothing was done
   * (`voided: null`); a second call says what the first one did.
   */
  void(request: VoidRequest): Promise<{ readonly voided: PaidAmount | null }>;
}
