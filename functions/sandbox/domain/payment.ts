/** The sandbox's record of one payment. Amounts are in the unit of Stripe's API, the currency's smallest. */
export interface Payment {
  readonly id: string;
  /** The metadata field `order_id`; empty when absent. */
  readonly orderId: string;
  readonly status: 'requires_capture' | 'succeeded' | 'canceled';
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
}

export interface Refund {
  readonly id: string;
  readonly key: string;
  readonly amountMinor: number;
  readonly at: string;
}

/** What the sandbox does with a payment method. */
export type Behavior =
  | { readonly kind: 'accepted'; readonly quirk?: 'flaky' | 'lost_answer' | 'capture_fails' | 'single_capture' }
  | { readonly kind: 'declined'; readonly declineCode: string; readonly code: string }
  | { readonly kind: 'faulted' };

const behaviors: Readonly<Record<string, Behavior>> = {
  pm_card_visa: { kind: 'accepted' },
  pm_card_mastercard: { kind: 'accepted' },
  pm_card_amex: { kind: 'accepted' },
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
};

/** The behavior of a payment method, or undefined when it does not exist. */
export function behaviorOf(paymentMethodId: string): Behavior | undefined {
  return Object.hasOwn(behaviors, paymentMethodId) ? behaviors[paymentMethodId] : undefined;
}

/** The first attempt to authorize with a flaky payment method that gets an answer. */
export const flakyUntilAttempt = 3;

export const failingCapture = 'pm_sandbox_captureFails';
