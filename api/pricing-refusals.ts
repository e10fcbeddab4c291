/** Why an order cannot be priced as the request says. */
export const pricingRefusals = [
  'PRICE_CHANGED',
  'UNKNOWN_SKU',
  'CURRENCY_NOT_SOLD',
  'COUNTRY_NOT_SERVED',
  'SHIPPING_NOT_AVAILABLE',
  'UNKNOWN_DISCOUNT',
  'DISCOUNT_NOT_APPLICABLE',
  'DISCOUNT_USED_UP',
  'ORDERING_CLOSED',
  'AMOUNT_TOO_LARGE',
] as const;
