import type { PaymentGateway } from './payment-gateway.ts';

/** The payment of an order that costs nothing. No gateway has an id like it. */
export const nothingDue = 'nothing_due';

/** Gateways refuse an amount of zero, but an order or a shipment may cost nothing: then no gateway is asked. */
export function sparingZeroAmounts(gateway: PaymentGateway): PaymentGateway {
  return {
    async authorize(request) {
      const { amountMinor, currency } = request;
      return amountMinor === 0 ? { paymentId: nothingDue, amountMinor, currency } : gateway.authorize(request);
    },
    async capture(request) {
      const { paymentId, amountMinor, currency } = request;
      return amountMinor === 0 ? { paymentId, amountMinor, currency } : gateway.capture(request);
    },
    async void(request) {
      return request.paymentId === nothingDue ? { voided: null } : gateway.void(request);
    },
  };
}
