import { auditOrderPayments } from '../../functions/fulfillment/adapters/payment-audit.ts';
import type { PaymentAudit } from '../../functions/fulfillment/commands/audit-payments.ts';
import { paymentGateway } from '../../functions/payments/index.ts';
import type { GatewayAddress } from './connect.ts';

/** A key that the sandbox accepts. It accepts every key of the test mode. */
const sandboxKey = { apiKey: 'sk_test_audit', webhookSecret: '' };

/** Audits the payments of the orders in these tables. */
export function auditedPayments(
  tables: { readonly log: string; readonly views: string },
  { endpoint, secretId }: GatewayAddress,
  withinMs: number,
): Promise<PaymentAudit> {
  const config = { PAYMENT_ENDPOINT: endpoint, PAYMENT_SECRET_ID: secretId ?? '' };
  const sandbox = { read: async () => sandboxKey, forget: () => undefined };
  const gateway = secretId === undefined ? paymentGateway(config, sandbox) : paymentGateway(config);
  return auditOrderPayments(tables, gateway, withinMs);
}
