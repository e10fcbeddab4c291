import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { millisecondsOf, systemClock } from '../../shared/kernel/time.ts';
import { logger } from '../../shared/logging.ts';
import type { SecretStore } from '../../shared/secret-store.ts';

const nowMs = millisecondsOf(systemClock);

/** Stripe repeats an event for days. The sandbox ends before its function does. */
const pausesMs = [0, 300, 1_000] as const;
const timeoutMs = 5_000;

/**
 * Sends events to the shop's webhook, signed as Stripe signs them (https://docs.stripe.com/webhooks#verify-manually).
 *
 * @param address of the webhook.
 */
export function stripeWebhook(address: string, secret: SecretStore) {
  return async (type: string, object: Record<string, unknown>): Promise<void> => {
    const { webhookSecret } = await secret.read();
    const id = `evt_${randomUUID().replaceAll('-', '')}`;
    const body = JSON.stringify({ id, object: 'event', type, data: { object } });
    for (const pauseMs of pausesMs) {
      await sleep(pauseMs);
      const seconds = Math.floor(nowMs() / 1_000);
      const signature = createHmac('sha256', webhookSecret).update(`${seconds}.${body}`).digest('hex');
      const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${seconds},v1=${signature}` };
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await fetch(address, { method: 'POST', headers, body, signal }).catch(() => undefined);
      if (answer?.ok) return;
    }
    logger.warn('sandbox event not delivered', { eventId: id, type });
  };
}
