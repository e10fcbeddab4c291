/** The metadata field `purpose` of a payment that renews an earlier one of its order. The first payment has no such field. */
export const renewalPurpose = 'renewal';
