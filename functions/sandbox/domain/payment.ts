/** The sandbox's record of one payment. Amounts are in the unit of Stripe's API, the currency's smallest. */
export interface Payment {
  readonly id: string;
  /** The metadata field `order_id`; empty when absent. */
  readonly orderId: string;
  readonly status: 'requires_action' | 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled';
  readonly amountMinor: number;
  readonly capturableMinor: number;
  readonly capturedMinor: number;
  readonly refundableMinor: number;
  readonly refundedMinor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly paymentMethodId: string;
  /** Whether several captures were requested (`request_multicapture`). */
  readonly multicapture: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly captures: readonly { readonly key: string; readonly amountMinor: number; readonly at: string }[];
  readonly refunds: readonly Refund[];
  /** Idempotency keys of the requests that changed the payment, each with the fingerprint of its request. */
  readonly keys: Readonly<Record<string, string>>;
  /** Ids of further payments of the same order, from an authorization that happened twice. */
  readonly siblings: readonly string[];
  readonly createdAt: string;
  readonly clientSecret: string;
  /** The customer of the gateway to whom the payment method belongs. */
  readonly customerId?: string;
  /** Whether the payment method may be used again without the customer (`setup_future_usage`). */
  readonly savesMethod?: boolean;
  /** Whether the customer had to confirm the payment when it was made. */
  readonly asksCustomer?: boolean;
  /** Whether the customer has confirmed it. */
  readonly isConfirmed?: boolean;
  /** Address of the page that asks the customer; only for a payment that returns the customer to a shop. */
  readonly challengeUrl?: string;
  readonly returnUrl?: string;
}

export interface Refund {
  readonly id: string;
  readonly key: string;
  readonly amountMinor: number;
  readonly at: string;
}

/** What the sandbox does with a payment method. */
export type Behavior =
  | {
      readonly kind: 'accepted';
      readonly quirk?: 'flaky' | 'lost_answer' | 'capture_fails' | 'single_capture' | 'expires';
      /** When the bank asks the customer: at every payment, or only when the customer is not there. */
      readonly asks?: 'always' | 'off_session';
    }
  | { readonly kind: 'declined'; readonly declineCode: string; readonly code: string }
  | { readonly kind: 'faulted' };

const behaviors: Readonly<Record<string, Behavior>> = {
  pm_card_visa: { kind: 'accepted' },
  pm_card_mastercard: { kind: 'accepted' },
  pm_card_amex: { kind: 'accepted' },
  pm_card_authenticationRequired: { kind: 'accepted', asks: 'always' },
  pm_card_authenticationRequiredOffSession: { kind: 'accepted', asks: 'off_session' },
  pm_card_chargeDeclined: { kind: 'declined', code: 'card_declined', declineCode: 'generic_decline' },
  pm_card_chargeDeclinedInsufficientFunds: {
    kind: 'declined',
    code: 'card_declined',
    declineCode: 'insufficient_funds',
  },
  pm_card_chargeDeclinedExpiredCard: { kind: 'declined', code: 'expired_card', declineCode: 'expired_card' },
  pm_sandbox_error: { kind: 'faulted' },
  pm_sandbox_flaky: { kind: 'accepted', quirk: 'flaky' },
  pm_sandbox_lostAck: { kind: 'accepted', quirk: 'lost_answer' },
  pm_sandbox_captureFails: { kind: 'accepted', quirk: 'capture_fails' },
  pm_sandbox_singleCapture: { kind: 'accepted', quirk: 'single_capture' },
  pm_sandbox_singleCaptureAsksOffSession: { kind: 'accepted', quirk: 'single_capture', asks: 'off_session' },
  pm_sandbox_expires: { kind: 'accepted', quirk: 'expires' },
};

/** A payment method as a payment has used it: `pm_card_visa__<end of the payment's id>`. */
const usedMethod = /^(pm_\w+?)__([0-9a-f]{24})$/;

/** The behavior of a payment method, or undefined when it does not exist. */
export function behaviorOf(paymentMethodId: string): Behavior | undefined {
  const name = usedMethod.exec(paymentMethodId)?.[1] ?? paymentMethodId;
  return Object.hasOwn(behaviors, name) ? behaviors[name] : undefined;
}

/**
 * The id of the payment method of a payment. Stripe makes a new payment method from a test name such as `pm_card_visa` each
 * time, so a name can be used for any number of payments, and each payment has a payment method of its own.
 */
export function methodOf({ id, paymentMethodId }: Pick<Payment, 'id' | 'paymentMethodId'>): string {
  return usedMethod.test(paymentMethodId) ? paymentMethodId : `${paymentMethodId}__${id.replace(/^pi_/, '')}`;
}

/** The id of the payment that has used a payment method first; undefined for the name of one. */
export function firstUseOf(paymentMethodId: string): string | undefined {
  const end = usedMethod.exec(paymentMethodId)?.[2];
  return end === undefined ? undefined : `pi_${end}`;
}

/** The first attempt to authorize with a flaky payment method that gets an answer. */
export const flakyUntilAttempt = 3;

export const failingCapture = 'pm_sandbox_captureFails';
/** Its authorization has expired when it is to be captured; an authorization that replaces it lasts. */
export const expiring = 'pm_sandbox_expires';
