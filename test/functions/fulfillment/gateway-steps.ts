import { expect } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { OrderLog } from '../../../functions/orders/commands/order-log.ts';
import { awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { commitsOf } from '../orders/given.ts';

export type Step = (event: unknown, context: unknown) => Promise<unknown>;
export type Webhook = (event: never, context: unknown) => Promise<{ statusCode?: number; body?: string }>;

/** What the steps that call a gateway work with: the order log and the sandbox gateways. */
export interface GatewaySteps {
  readonly log: OrderLog;
  readonly sandbox: TestSandbox;
  /** Appends the events of each decision to the log of an order as one commit. */
  record(orderId: string, ...decisions: readonly (readonly OrderEvent[])[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Sets the environment of the steps as it is deployed. The steps are imported afterwards, because they read it when they are
 * loaded.
 *
 * @param gateway prefix of the gateway's variables
 * @param secret what Secrets Manager answers for the gateway
 */
export async function startGatewaySteps(gateway: 'PAYMENT' | 'CARRIER', secret: object): Promise<GatewaySteps> {
  const [store, services] = await Promise.all([startStore(), awsEndpoint()]);
  pointAwsAt({ store, services: services.url });
  services.answer = () => ({ body: { SecretString: JSON.stringify(secret) } });
  const sandbox = await startSandbox(store);
  process.env.ORDERS_TABLE = await store.createTable(layouts.orders);
  process.env.GATEWAY_RECORDS_TABLE = await store.createTable(layouts.gatewayRecords);
  process.env.CONTACTS_TABLE = await store.createTable(layouts.contacts);
  process.env[`${gateway}_ENDPOINT`] = sandbox.endpoint;
  process.env[`${gateway}_SECRET_ID`] = gateway.toLowerCase();
  const log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE);
  return {
    log,
    sandbox,
    record: async (orderId, ...decisions) => {
      const known = (await log.read(orderId)).length;
      for (const commit of commitsOf(...decisions)) {
        const version = known + commit.version;
        expect(await log.append({ ...commit, orderId, version })).toBe('committed');
      }
    },
    stop: async () => {
      await sandbox.stop();
      await services.close();
      await store.stop();
    },
  };
}
