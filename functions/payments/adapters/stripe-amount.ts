/** Stripe's amount = amount in minor units x times / over. */
interface Scale {
  readonly times: number;
  readonly over: number;
}

const same: Scale = { times: 1, over: 1 };

/**
 * Where Stripe's unit is not the minor unit of ISO 4217: ISK and UGX have none but are sent with two decimals; MGA has
 * one but is sent without (https://docs.stripe.com/currencies#special-cases).
 */
const scales: Readonly<Record<string, Scale>> = {
  ISK: { times: 100, over: 1 },
  UGX: { times: 100, over: 1 },
  MGA: { times: 1, over: 100 },
};

/**
 * An amount in the unit that Stripe expects.
 *
 * @param amountMinor minor units of the currency (ISO 4217).
 * @returns a fraction when Stripe cannot express the amount.
 */
export function toStripeAmount(amountMinor: number, currency: string): number {
  const { times, over } = scales[currency] ?? same;
  return (amountMinor * times) / over;
}

/** An amount of Stripe's in minor units of the currency (ISO 4217). */
export function fromStripeAmount(amount: number, currency: string): number {
  const { times, over } = scales[currency] ?? same;
  return (amount * over) / times;
}
