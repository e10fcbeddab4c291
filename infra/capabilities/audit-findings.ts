/** What the audit counts, each with an alarm. */
export const auditFindings = [
  {
    kind: 'Stock',
    meaning:
      'The audit has found stock that does not agree with its reservations, the ledger or an order, or an order that does not end.',
  },
  {
    kind: 'Payment',
    meaning: 'The audit has found an order that does not agree with the books of the payment gateway.',
  },
  {
    kind: 'Discount',
    meaning: 'The audit has found a discount whose count of uses does not agree with the orders that use it.',
  },
] as const;
