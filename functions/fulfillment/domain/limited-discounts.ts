/** What is read of an order. */
export interface WithDiscounts {
  readonly customerId: string;
  readonly discounts?: readonly { readonly code: string; readonly limited?: true }[] | undefined;
}

/** The codes of the order's discounts whose uses are counted. */
export function limitedCodes({ discounts = [] }: WithDiscounts): readonly string[] {
  return discounts.filter(({ limited }) => limited === true).map(({ code }) => code);
}
