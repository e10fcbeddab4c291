import { createHmac } from 'node:crypto';

export interface Signing {
  readonly secret: string;
  /** The time of the signature; now by default. */
  readonly at?: Date;
  /** The endpoint it was signed for. */
  readonly path?: string;
}

const hmac = (secret: string, message: string) => createHmac('sha256', secret).update(message).digest('hex');

/** As EasyPost signs (https://support.easypost.com/hc/en-us/articles/39826034964237-Webhook-HMAC-Validation). */
export function signedByCarrier(body: string, { secret, at = new Date(), path = '/webhooks/carrier' }: Signing) {
  const timestamp = at.toUTCString();
  const signature = hmac(secret, `${timestamp}POST${path}${body}`);
  return { 'x-timestamp': timestamp, 'x-path': path, 'x-hmac-signature-v2': `hmac-sha256-hex=${signature}` };
}

/** As Stripe signs (https://docs.stripe.com/webhooks#verify-manually). */
export function signedByPayment(body: string, { secret, at = new Date() }: Signing) {
  const seconds = Math.floor(at.getTime() / 1_000);
  return { 'stripe-signature': `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`)}` };
}
