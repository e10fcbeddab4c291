import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';

/** An amount that is authorized, captured, released or refunded, in minor units of an ISO 4217 currency. */
export interface PaidAmount {
  /** The gateway's id of the payment. */
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

/** An authorization, with what the gateway says of its captures where it says so. */
export interface Authorization extends PaidAmount {
  /** The moment after which the gateway lets go of what is not captured. */
  readonly captureBefore?: Instant;
  /** Whether the payment may be captured in several parts. */
  readonly multicapture?: boolean;
}

export interface AuthorizationRequest {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The gateway's id of a payment method, never a card number. */
  readonly paymentMethodId: string;
  /** The gateway's id of the customer, who agreed that the payment method is saved for later charges. */
  readonly gatewayCustomerId?: string | undefined;
  /** Where the bank's page returns the customer. */
  readonly returnUrl?: string | undefined;
}

/** A payment that the gateway does not authorize before the customer has confirmed it. */
export interface PaymentAction extends PaidAmount {
  /** The secret with which the gateway's own client confirms the payment in the customer's browser. */
  readonly clientSecret: string;
  /** The page on which the bank asks the customer; absent without a `returnUrl`. */
  readonly redirectUrl?: string;
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

/** An authorization of what an earlier one can be captured for no more. */
export interface RenewalRequest {
  readonly orderId: string;
  /** The payment whose payment method is charged. */
  readonly replaces: string;
  /** How many renewals of the order were refused before. A repeated request has the same number, a further try another. */
  readonly attempt: number;
  readonly amountMinor: number;
  readonly currency: string;
}

/**
 * Why an amount is not captured: `AUTHORIZATION_CLOSED` when the payment holds nothing any more, because it has expired or was
 * captured as a whole; `SINGLE_CAPTURE` when it can be captured once and the request leaves a rest; else
 * `PAYMENT_CAPTURE_REFUSED`.
 */
export type CaptureRefusal = 'PAYMENT_CAPTURE_REFUSED' | 'AUTHORIZATION_CLOSED' | 'SINGLE_CAPTURE';

/** All payments of an order. */
export interface VoidRequest {
  readonly orderId: string;
  /** What is authorized for the order: its total. */
  readonly amountMinor: number;
  readonly currency: string;
  /** The payment that the order's log or its saga names; absent when the answer to the authorization was lost. */
  readonly paymentId?: string | undefined;
  /** Further payments that the order's log names. Each has an amount of its own: it is about a part of the total. */
  readonly renewals?: readonly Pick<PaidAmount, 'paymentId' | 'amountMinor'>[];
  /** Payments that the gateway itself reported for the order. */
  readonly reported?: readonly string[];
}

/** One payment of an order. */
export interface VoidPaymentRequest extends Omit<VoidRequest, 'paymentId' | 'renewals' | 'reported'> {
  readonly paymentId: string;
}

/** One payment of an order, of whatever amount. */
export interface ReleaseRequest {
  readonly orderId: string;
  readonly paymentId: string;
  readonly currency: string;
}

export interface LookUpRequest {
  readonly orderId: string;
  readonly paymentId: string;
  readonly currency: string;
}

/**
 * Authorizes, captures and voids payments. Every effect has a key derived from its order (and shipment), so a repeated call
 * changes nothing and returns the same.
 *
 * Every method throws `TransientFault` when the outcome is unknown (a timeout, a cut connection, a 5xx answer, a throttle,
 * an answer that is not what was asked for): the effect may have happened. Repeat the call, or void.
 */
export interface PaymentGateway {
  /**
   * Holds the amount on the customer's account, or says that the customer has to confirm that. One authorization per order:
   * a repeated request finds it as it is now.
   */
  authorize(request: AuthorizationRequest): Promise<Authorization | PaymentAction | Refusal<'PAYMENT_DECLINED'>>;
  /** The gateway's id of a new customer. Two requests for one customer within a day get the same. */
  createCustomer(customerId: string): Promise<string>;
  /** Takes a shipment's share of the authorized amount. One capture per shipment. */
  capture(request: CaptureRequest): Promise<PaidAmount | Refusal<CaptureRefusal>>;
  /** Holds the amount anew without the customer. A repeated request finds the authorization of the first one. */
  renew(request: RenewalRequest): Promise<Authorization | Refusal<'PAYMENT_DECLINED'>>;
  /**
   * Releases the authorized amount and refunds what was captured, for every payment of the order that the gateway has.
   * Returns `voided: null` when there is nothing to void; a second call returns the same as the first one.
   */
  void(request: VoidRequest): Promise<Voided>;
  /** The same for one payment; the order's other payments stay. `voided: null` when the gateway has no such payment. */
  voidPayment(request: VoidPaymentRequest): Promise<Voided>;
  /**
   * Lets go of what the payment still holds. What was captured stays captured. `released: null` when it holds nothing, or
   * the gateway has no such payment.
   */
  release(request: ReleaseRequest): Promise<Released>;
  /** What the gateway has on record for a payment of an order; undefined when it has no such payment. */
  lookUp(request: LookUpRequest): Promise<PaymentAmounts | undefined>;
}

export interface Voided {
  /** The payment that was authorized for the order; a renewal when there is no other. */
  readonly voided: PaidAmount | null;
  /** The other payments that were voided; absent when there are none. */
  readonly others?: readonly PaidAmount[];
}

export interface Released {
  readonly released: PaidAmount | null;
}

/** What the gateway's books say about a payment, in minor units of its currency. */
export interface PaymentAmounts {
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** What can still be captured. */
  readonly openMinor: number;
  /** What was captured for each shipment, by its id. */
  readonly captures: Readonly<Record<string, number>>;
  /** Absent when the gateway does not say. */
  readonly multicapture?: boolean;
}
