import { EventBus } from 'aws-cdk-lib/aws-events';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { nameIn } from '../constructs/build.ts';
import { EventArchive } from '../constructs/event-archive.ts';
import { ProviderSecret } from '../constructs/provider-secret.ts';
import { count, StoreTable, text } from '../constructs/store-table.ts';
import { UserDirectory } from '../constructs/user-directory.ts';
import type { Settings } from '../settings.ts';

/** The resources that hold data or that other systems refer to: tables, users, secrets and the event bus. */
export class DataStack extends Stack {
  /** The order log. Append-only: these two actions are all that any function can be granted. */
  readonly orders: StoreTable<'PutItem' | 'Query'>;
  readonly orderViews: StoreTable;
  readonly contacts: StoreTable;
  readonly inventory: StoreTable;
  readonly catalog: StoreTable;
  readonly idempotency: StoreTable;
  /** The books of the sandbox gateways; dev only. */
  readonly sandbox: StoreTable | undefined;
  readonly bus: EventBus;
  readonly users: UserDirectory;
  readonly paymentSecret: ProviderSecret;
  readonly carrierSecret: ProviderSecret;

  constructor(scope: Construct, id: string, settings: Settings) {
    const { stage, minimal, inventoryWarmWrites, ordersWarmWrites } = settings;
    super(scope, id, {
      stackName: nameIn(settings, 'data'),
      description: `Holdfast ${stage}: orders, stock, catalog, users and secrets`,
      terminationProtection: stage === 'prod',
    });
    this.orders = new StoreTable(this, 'Orders', {
      stage,
      variable: 'ORDERS_TABLE',
      partitionKey: 'orderId',
      sortKey: count('version'),
      stream: true,
      warmWrites: ordersWarmWrites,
    });
    this.orderViews = new StoreTable(this, 'OrderViews', {
      stage,
      variable: 'ORDER_VIEWS_TABLE',
      partitionKey: 'orderId',
      warmWrites: ordersWarmWrites,
      indexes: [
        { name: 'byCustomer', partitionKey: 'customerId', sortKey: 'placedKey' },
        { name: 'byStatus', partitionKey: 'statusBucket', sortKey: 'placedKey' },
        { name: 'byDay', partitionKey: 'dayBucket', sortKey: 'placedKey' },
      ],
    });
    this.contacts = new StoreTable(this, 'Contacts', {
      stage,
      variable: 'CONTACTS_TABLE',
      partitionKey: 'orderId',
      timeToLiveAttribute: 'expiresAt',
      warmWrites: ordersWarmWrites,
    });
    this.inventory = new StoreTable(this, 'Inventory', {
      stage,
      variable: 'INVENTORY_TABLE',
      partitionKey: 'pk',
      // Sparse: only orders that wait for stock have these attributes.
      indexes: [{ name: 'byArrival', partitionKey: 'waitSku', sortKey: 'waitSince' }],
      stream: true,
      warmWrites: inventoryWarmWrites,
    });
    this.catalog = new StoreTable(this, 'Catalog', { stage, variable: 'CATALOG_TABLE', partitionKey: 'sku' });
    this.idempotency = new StoreTable(this, 'Idempotency', {
      stage,
      variable: 'IDEMPOTENCY_TABLE',
      partitionKey: 'id',
      timeToLiveAttribute: 'expiration',
      warmWrites: ordersWarmWrites,
      unrecoverable: 'Records of requests of the last hours, which would be out of date after a recovery.',
    });
    this.sandbox =
      stage === 'dev'
        ? new StoreTable(this, 'Sandbox', { stage, variable: 'SANDBOX_TABLE', partitionKey: 'pk', sortKey: text('sk') })
        : undefined;

    this.bus = new EventBus(this, 'Bus', { eventBusName: nameIn(settings, 'events') });
    if (!minimal) new EventArchive(this, 'EventArchive', { bus: this.bus, stage });

    this.users = new UserDirectory(this, 'Users', { stage });
    this.paymentSecret = new ProviderSecret(this, 'PaymentSecret', {
      stage,
      variable: 'PAYMENT_SECRET_ID',
      description: 'Payment gateway: apiKey (secret key) and webhookSecret (signing secret of the endpoint)',
      sandboxApiKey: 'sk_test_sandbox',
    });
    this.carrierSecret = new ProviderSecret(this, 'CarrierSecret', {
      stage,
      variable: 'CARRIER_SECRET_ID',
      description: 'Carrier gateway: apiKey and webhookSecret (HMAC secret of the webhook)',
      sandboxApiKey: 'EZTK_sandbox',
    });

    new CfnOutput(this, 'BusName', { value: this.bus.eventBusName });
    new CfnOutput(this, 'UserPoolId', { value: this.users.pool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: this.users.client.userPoolClientId });
  }
}
