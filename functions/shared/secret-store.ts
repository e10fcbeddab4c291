import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { secrets } from './aws/clients.ts';
import { readJson } from './json.ts';
import { ConfigurationFault, isTransient } from './kernel/faults.ts';
import { type Clock, systemClock } from './kernel/time.ts';

/** The credentials that a gateway issued to the owner of this deployment. */
const gatewaySecret = z.object({
  /** Authenticates Holdfast to the gateway; empty until the owner has filled it in. */
  apiKey: z.string(),
  /** Verifies the signatures of the gateway's webhooks. */
  webhookSecret: z.string(),
});
export type GatewaySecret = z.output<typeof gatewaySecret>;

export interface SecretStore {
  /**
   * The secret, at most `maxAgeSeconds` old.
   *
   * @throws ConfigurationFault when it does not exist, may not be read or decrypted, or does not have the shape
   *   `{"apiKey","webhookSecret"}`.
   */
  read(): Promise<GatewaySecret>;
  /** Makes the next read fetch the secret again. For a caller whose key the gateway no longer accepts. */
  forget(): void;
}

/** A rotated key is used after five minutes at most, even while the gateway still accepts the old one. */
const maxAgeSeconds = 300;

/**
 * A secret of Secrets Manager. It is fetched at the first read and cached, because each fetch is billed and takes a
 * round trip.
 */
export function secretStore(secretId: string, clock: Clock = systemClock): SecretStore {
  let cached: { readonly secret: Promise<GatewaySecret>; readonly readAt: number } | undefined;
  const fetch = async (): Promise<GatewaySecret> => {
    const { SecretString } = await secrets()
      .send(new GetSecretValueCommand({ SecretId: secretId }))
      .catch(unreadable);
    const parsed = z.safeParse(gatewaySecret, readJson(SecretString ?? ''));
    // The parser's own message would quote the secret.
    if (!parsed.success) throw new ConfigurationFault(`secret ${secretId} is not {"apiKey","webhookSecret"}`);
    return parsed.data;
  };
  const unreadable = (error: unknown): never => {
    if (isTransient(error)) throw error;
    const { name } = error as { readonly name?: string };
    throw new ConfigurationFault(`secret ${secretId} cannot be read (${name})`, { cause: error });
  };
  return {
    async read() {
      const now = Date.parse(clock());
      if (cached === undefined || now - cached.readAt >= maxAgeSeconds * 1000)
        cached = { secret: fetch(), readAt: now };
      const { secret } = cached;
      try {
        return await secret;
      } catch (error) {
        if (cached?.secret === secret) cached = undefined;
        throw error;
      }
    },
    forget() {
      cached = undefined;
    },
  };
}
