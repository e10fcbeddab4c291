import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { secrets } from './aws/clients.ts';
import { readJson } from './json.ts';
import { type Clock, systemClock } from './kernel/time.ts';

/** What a gateway issued to the owner of this deployment. */
const gatewaySecret = z.object({
  /** Authenticates us to the gateway; empty until the owner has filled it in. */
  apiKey: z.string(),
  /** Authenticates the gateway's webhooks to us. */
  webhookSecret: z.string(),
});
export type GatewaySecret = z.output<typeof gatewaySecret>;

export interface SecretStore {
  /**
   * The secret as it was at most `maxAgeSeconds` ago.
   *
   * @throws Error when it does not exist or has not the shape `{"apiKey","webhookSecret"}`.
   */
  read(): Promise<GatewaySecret>;
  /** Makes the next read ask again: the gateway no longer accepts what was read. */
  forget(): void;
}

/** A rotated key is picked up within five minutes even when the gateway still accepts the old one. */
const maxAgeSeconds = 300;

/** A secret of Secrets Manager, read when it is first needed and kept for a while: a read is billed and takes a round trip. */
export function secretStore(secretId: string, clock: Clock = systemClock): SecretStore {
  let kept: { readonly secret: Promise<GatewaySecret>; readonly readAt: number } | undefined;
  const fetch = async (): Promise<GatewaySecret> => {
    const { SecretString } = await secrets().send(new GetSecretValueCommand({ SecretId: secretId }));
    const parsed = z.safeParse(gatewaySecret, readJson(SecretString ?? ''));
    // The parser's own message would quote what it found.
    if (!parsed.success) throw new Error(`secret ${secretId} is not {"apiKey","webhookSecret"}`);
    return parsed.data;
  };
  return {
    async read() {
      const now = Date.parse(clock());
      if (kept === undefined || now - kept.readAt >= maxAgeSeconds * 1000) kept = { secret: fetch(), readAt: now };
      const { secret } = kept;
      try {
        return await secret;
      } catch (error) {
        if (kept?.secret === secret) kept = undefined;
        throw error;
      }
    },
    forget() {
      kept = undefined;
    },
  };
}
