import type { PaymentGateway } from './payment-gateway.ts';

/** The id of a payment with the amount zero, as recorded in orders. It is not in the format of any gateway's ids. */
const zeroAmountPaymentId = 'nothing_due';

/** Handles payments with the amount zero, which gateways refuse, without calling the gateway. */
export function withZeroAmountPayments(gateway: PaymentGateway): PaymentGateway {
  return {
    async authorize(request) {
      const { amountMinor, currency } = request;
      return amountMinor === 0 ? { paymentId: zeroAmountPaymentId, amountMinor, currency } : gateway.authorize(request);
    },
    async capture(request) {
      const { paymentId, amountMinor, currency } = request;
      return amountMinor === 0 ? { paymentId, amountMinor, currency } : gateway.capture(request);
    },
    async void(request) {
      return request.paymentId === zeroAmountPaymentId ? { voided: null } : gateway.void(request);
    },
    createCustomer: (customerId) => gateway.createCustomer(customerId),
    renew: (request) => gateway.renew(request),
    release: (request) => gateway.release(request),
    voidPayment: (request) => gateway.voidPayment(request),
    async lookUp(request) {
      if (request.paymentId !== zeroAmountPaymentId) return gateway.lookUp(request);
      return { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0, openMinor: 0, captures: {} };
    },
  };
}
