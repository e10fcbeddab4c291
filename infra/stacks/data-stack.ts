import { EventBus } from 'aws-cdk-lib/aws-events';
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { discountKinds, gatewayRecordKinds, sandboxKinds, stockKinds } from '../../functions/shared/item-kinds.ts';
import { nameIn } from '../constructs/build.ts';
import { EventArchive } from '../constructs/event-archive.ts';
import { ProviderSecret } from '../constructs/provider-secret.ts';
import { count, StoreTable, TableOfKinds, text } from '../constructs/store-table.ts';
import { UserDirectory } from '../constructs/user-directory.ts';
import type { Settings } from '../settings.ts';

/** The resources that hold data or that other systems refer to: tables, users, secrets and the event bus. */
export class DataStack extends Stack {
  /** The order log. Append-only: these two actions are all that any function can be granted. */
  readonly orders: StoreTable<'PutItem' | 'Query'>;
  readonly orderViews: StoreTable;
  readonly contacts: StoreTable;
  readonly inventory: TableOfKinds<keyof typeof stockKinds>;
  readonly catalog: StoreTable;
  /** Shop policy: a version of a setting is appended and never changed. */
  readonly settings: StoreTable<'PutItem' | 'Query'>;
  /** Discounts, and which orders use them. */
  readonly discounts: TableOfKinds<keyof typeof discountKinds>;
  readonly idempotency: StoreTable;
  /** What was bought from or reported by a gateway; it prevents a second purchase or charge. */
  readonly gatewayRecords: TableOfKinds<keyof typeof gatewayRecordKinds>;
  /** The books of the sandbox gateways; dev only. */
  readonly sandbox: TableOfKinds<keyof typeof sandboxKinds> | undefined;
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
        // Sparse: only orders that are under way have these attributes.
        { name: 'byDue', partitionKey: 'dueBucket', sortKey: 'dueKey' },
      ],
    });
    this.contacts = new StoreTable(this, 'Contacts', {
      stage,
      variable: 'CONTACTS_TABLE',
      partitionKey: 'orderId',
      timeToLiveAttribute: 'expiresAt',
      warmWrites: ordersWarmWrites,
    });
    this.inventory = new TableOfKinds(this, 'Inventory', {
      stage,
      kinds: stockKinds,
      variable: 'INVENTORY_TABLE',
      partitionKey: 'pk',
      // Sparse: only orders that wait for stock have these attributes.
      indexes: [{ name: 'byArrival', partitionKey: 'waitSku', sortKey: 'waitSince' }],
      stream: true,
      warmWrites: inventoryWarmWrites,
    });
    this.catalog = new StoreTable(this, 'Catalog', { stage, variable: 'CATALOG_TABLE', partitionKey: 'sku' });
    this.settings = new StoreTable(this, 'Settings', {
      stage,
      variable: 'SETTINGS_TABLE',
      partitionKey: 'name',
      sortKey: count('version'),
    });
    this.discounts = new TableOfKinds(this, 'Discounts', {
      stage,
      kinds: discountKinds,
      variable: 'DISCOUNTS_TABLE',
      partitionKey: 'pk',
      sortKey: text('sk'),
    });
    this.idempotency = new StoreTable(this, 'Idempotency', {
      stage,
      variable: 'IDEMPOTENCY_TABLE',
      partitionKey: 'id',
      timeToLiveAttribute: 'expiration',
      warmWrites: ordersWarmWrites,
      unrecoverable: 'Answers to requests of the last day, which would be out of date after a recovery.',
    });
    this.gatewayRecords = new TableOfKinds(this, 'GatewayRecords', {
      stage,
      kinds: gatewayRecordKinds,
      variable: 'GATEWAY_RECORDS_TABLE',
      partitionKey: 'id',
      timeToLiveAttribute: 'expiration',
      warmWrites: ordersWarmWrites,
    });
    this.sandbox =
      stage === 'dev'
        ? new TableOfKinds(this, 'Sandbox', {
            stage,
            kinds: sandboxKinds,
            variable: 'SANDBOX_TABLE',
            partitionKey: 'pk',
            sortKey: text('sk'),
          })
        : undefined;

    this.bus = new EventBus(this, 'Bus', { eventBusName: nameIn(settings, 'events') });
    // The archive keeps a rule on the bus, so a retained archive needs its bus.
    this.bus.applyRemovalPolicy(stage === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY);
    if (!minimal) new EventArchive(this, 'EventArchive', { bus: this.bus, stage });

    this.users = new UserDirectory(this, 'Users', settings);
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

    this.#pinExports();
    new CfnOutput(this, 'BusName', { value: this.bus.eventBusName });
    new CfnOutput(this, 'UserPoolId', { value: this.users.pool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: this.users.client.userPoolClientId });
    new CfnOutput(this, 'StaffClientId', { value: this.users.staffClient.userPoolClientId });
  }

  /**
   * Exports everything that another stack may import, whether one does or not. An export that the CDK makes for its
   * consumers disappears with the last of them, and this stack is deployed first: CloudFormation would refuse to remove an
   * export that a deployed stack still imports.
   */
  #pinExports(): void {
    const { orders, orderViews, contacts, inventory, catalog, settings, discounts, idempotency, gatewayRecords } = this;
    const own = [orders, orderViews, contacts, inventory, catalog, settings, discounts];
    const tables = [...own, idempotency, gatewayRecords];
    for (const table of [...tables, ...(this.sandbox ? [this.sandbox] : [])]) {
      this.exportValue(table.tableArn);
      this.exportValue(table.tableName);
      if (table.tableStreamArn !== undefined) this.exportValue(table.tableStreamArn);
    }
    this.exportValue(this.bus.eventBusName);
    this.exportValue(this.bus.eventBusArn);
    for (const secret of [this.paymentSecret, this.carrierSecret]) this.exportValue(secret.secretArn);
    this.exportValue(this.users.pool.userPoolId);
    for (const client of [this.users.client, this.users.staffClient]) this.exportValue(client.userPoolClientId);
  }
}
