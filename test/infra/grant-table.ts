/**
 * What each function may do, one line for each action on a resource (grant-lines.ts). A grant that is added is added here as well,
 * with the call that needs it in mind.
 */
export const grantTable: Readonly<Record<string, readonly string[]>> = {
  'catalog/get-product': ['Catalog: BatchGetItem', 'Inventory: BatchGetItem of locations, plan, shard'],
  'catalog/list-products': ['Catalog: Scan', 'Inventory: BatchGetItem of locations, plan, shard'],
  'catalog/put-product': ['Catalog: PutItem', 'Inventory: BatchGetItem of locations, plan, shard'],
  'fulfillment/audit-stock': [
    'FulfillmentFailures: sqs:SendMessage',
    'Inventory: BatchGetItem of reservation, shard',
    'Inventory: Scan',
    'OrderViews/byDay: Query',
    'OrderViews/byDue: Query',
    'OrderViews/byStatus: Query',
    'OrderViews: BatchGetItem',
    'Orders: Query',
    'PaymentSecret: secretsmanager:GetSecretValue',
  ],
  'fulfillment/authorize-payment': ['PaymentSecret: secretsmanager:GetSecretValue'],
  'fulfillment/book-shipment': [
    'CarrierSecret: secretsmanager:GetSecretValue',
    'Contacts: GetItem',
    'GatewayRecords: UpdateItem of purchases',
  ],
  'fulfillment/cancel-shipment': [
    'CarrierSecret: secretsmanager:GetSecretValue',
    'GatewayRecords: UpdateItem of purchases',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'fulfillment/capture-payment': ['PaymentSecret: secretsmanager:GetSecretValue'],
  'fulfillment/commit-stock': ['Inventory: BatchGetItem of reservation', 'Inventory: UpdateItem of reservation, shard'],
  'fulfillment/confirm-order': ['Inventory: UpdateItem of reservation', 'Orders: PutItem', 'Orders: Query'],
  'fulfillment/fill-backorders': [
    ...readsStreamOf('Inventory'),
    'FulfillmentFailures: sqs:SendMessage',
    'Inventory/byArrival: Query',
    'Inventory: BatchGetItem of locations, plan, queue, reservation, shard',
    'Inventory: DeleteItem of backorder',
    'Inventory: GetItem of backorder',
    'Inventory: PutItem of backorder, queue, reservation, shard',
    'Inventory: UpdateItem of backorder, queue, reservation, shard',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'fulfillment/get-label': ['CarrierSecret: secretsmanager:GetSecretValue', 'Orders: Query'],
  'fulfillment/hold-backorder': [
    'Inventory: DeleteItem of backorder',
    'Inventory: GetItem of backorder',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'fulfillment/hold-order': ['Orders: PutItem', 'Orders: Query'],
  'fulfillment/receive-carrier-webhook': [
    'CarrierSecret: secretsmanager:GetSecretValue',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'fulfillment/receive-payment-webhook': [
    'GatewayRecords: UpdateItem of authorizations',
    'Orders: Query',
    'PaymentSecret: secretsmanager:GetSecretValue',
  ],
  'fulfillment/record-cancellation': ['Orders: PutItem', 'Orders: Query'],
  'fulfillment/record-dispatch': ['Orders: PutItem', 'Orders: Query'],
  'fulfillment/reject-order': ['Orders: PutItem', 'Orders: Query'],
  'fulfillment/release-stock': [
    'Inventory: DeleteItem of backorder, queue',
    'Inventory: GetItem of backorder',
    'Inventory: PutItem of reservation',
    'Inventory: UpdateItem of backorder, queue, reservation, shard',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'fulfillment/reserve-stock': [
    'Inventory: BatchGetItem of locations, plan, queue, reservation, shard, snapshot',
    'Inventory: ConditionCheckItem of backorder, plan, queue, reservation, shard',
    'Inventory: GetItem of backorder',
    'Inventory: PutItem of backorder, hotSkus, plan, queue, reservation, shard, snapshot',
    'Inventory: UpdateItem of backorder, hotSkus, plan, queue, reservation, shard, snapshot',
  ],
  'fulfillment/resume-order-saga': [
    ...receivesFrom('FulfillmentOrderResumedQueue'),
    'FulfillmentOrderSagaStateMachine: states:StartExecution',
    'Orders: Query',
  ],
  'fulfillment/resume-unfinished': [
    'FulfillmentCancellationSagaStateMachine: states:StartExecution',
    'FulfillmentDispatchSagaStateMachine: states:StartExecution',
    'FulfillmentFailures: sqs:SendMessage',
    'FulfillmentOrderSagaStateMachine: states:StartExecution',
    'Inventory: BatchGetItem of reservation',
    'Inventory: DeleteItem of backorder',
    'Inventory: GetItem of backorder',
    'Inventory: UpdateItem of reservation, shard',
    'OrderViews/byDue: Query',
    'OrderViews: UpdateItem',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'fulfillment/start-cancellation-saga': [
    ...receivesFrom('FulfillmentCancellationSagaQueue'),
    'FulfillmentCancellationSagaStateMachine: states:StartExecution',
  ],
  'fulfillment/start-dispatch-saga': [
    ...receivesFrom('FulfillmentDispatchSagaQueue'),
    'FulfillmentDispatchSagaStateMachine: states:StartExecution',
  ],
  'fulfillment/start-order-saga': [
    ...receivesFrom('FulfillmentOrderSagaQueue'),
    'FulfillmentOrderSagaStateMachine: states:StartExecution',
  ],
  'fulfillment/void-payment': [
    'GatewayRecords: GetItem of authorizations',
    'Orders: PutItem',
    'Orders: Query',
    'PaymentSecret: secretsmanager:GetSecretValue',
  ],
  'inventory/adjust-stock': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of ledger, locations, plan, shard',
    'Inventory: PutItem of ledger, plan, shard',
    'Inventory: UpdateItem of ledger, plan, shard',
  ],
  'inventory/announce-stock': [
    ...readsStreamOf('Inventory'),
    'Bus: events:PutEvents',
    'Inventory: BatchGetItem of level, plan, queue, shard',
    'Inventory: PutItem of level',
    'Inventory: UpdateItem of queue',
    'InventoryFailures: sqs:SendMessage',
  ],
  'inventory/count-stock': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of ledger, locations, plan, shard',
    'Inventory: ConditionCheckItem of ledger, plan, shard',
    'Inventory: PutItem of ledger, plan, shard',
    'Inventory: Scan',
    'Inventory: UpdateItem of ledger, plan, shard',
  ],
  'inventory/get-location': ['Inventory: BatchGetItem of locations'],
  'inventory/get-stock': ['Inventory: BatchGetItem of plan, queue, shard'],
  'inventory/get-stock-plan': ['Inventory: BatchGetItem of plan'],
  'inventory/list-locations': ['Inventory: BatchGetItem of locations'],
  'inventory/move-stock': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of ledger, locations, plan, shard',
    'Inventory: PutItem of ledger, plan, shard',
    'Inventory: UpdateItem of ledger, plan, shard',
  ],
  'inventory/put-backorder': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of plan',
    'Inventory: PutItem of hotSkus, plan, queue',
    'Inventory: UpdateItem of hotSkus, plan, queue',
  ],
  'inventory/put-location': ['Inventory: BatchGetItem of locations', 'Inventory: PutItem of locations'],
  'inventory/put-safety-stock': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of locations, plan, shard',
    'Inventory: ConditionCheckItem of plan, shard',
    'Inventory: PutItem of plan, shard',
    'Inventory: UpdateItem of plan, shard',
  ],
  'inventory/put-stock-plan': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of plan, shard',
    'Inventory: ConditionCheckItem of hotSkus, plan, shard',
    'Inventory: PutItem of hotSkus, plan, shard',
    'Inventory: UpdateItem of hotSkus, plan, shard',
  ],
  'inventory/rebalance-stock': [
    'Inventory: BatchGetItem of hotSkus, plan, reservation, shard',
    'Inventory: ConditionCheckItem of hotSkus, plan, reservation, shard',
    'Inventory: PutItem of hotSkus, plan, reservation, shard',
    'Inventory: UpdateItem of hotSkus, plan, reservation, shard',
    'InventoryFailures: sqs:SendMessage',
  ],
  'inventory/receive-stock': [
    'Catalog: BatchGetItem',
    'Inventory: BatchGetItem of locations, plan, queue, shard',
    'Inventory: PutItem of ledger, plan, queue, shard',
    'Inventory: UpdateItem of ledger, plan, queue, shard',
  ],
  'operations/show-openapi': [],
  'orders/cancel-order': ['Contacts: GetItem', 'Orders: PutItem', 'Orders: Query'],
  'orders/get-order': ['Contacts: GetItem', 'Orders: Query'],
  'orders/list-order-events': ['Orders: Query'],
  'orders/list-orders': [
    'OrderViews/byCustomer: Query',
    'OrderViews/byDay: Query',
    'OrderViews/byStatus: Query',
    'OrderViews: BatchGetItem',
  ],
  'orders/place-order': [
    'Catalog: BatchGetItem',
    'Contacts: GetItem',
    'Contacts: PutItem',
    'Idempotency: DeleteItem',
    'Idempotency: GetItem',
    'Idempotency: PutItem',
    'Idempotency: UpdateItem',
    'Orders: PutItem',
    'Orders: Query',
  ],
  'orders/project-order': [
    ...readsStreamOf('Orders'),
    'Contacts: UpdateItem',
    'OrderViews: PutItem',
    'Orders: Query',
    'OrdersFailures: sqs:SendMessage',
  ],
  'orders/publish-events': [...readsStreamOf('Orders'), 'Bus: events:PutEvents', 'OrdersFailures: sqs:SendMessage'],
  'orders/request-dispatch': ['Orders: PutItem', 'Orders: Query'],
  'sandbox/answer-easypost': [
    'Sandbox: GetItem of shipment',
    'Sandbox: PutItem of shipment',
    'Sandbox: UpdateItem of shipment',
  ],
  'sandbox/answer-stripe': [
    'Sandbox: GetItem of payment',
    'Sandbox: PutItem of payment',
    'Sandbox: UpdateItem of payment',
  ],
  'sandbox/show-label': ['Sandbox: GetItem of shipment'],
};

/** What Lambda needs to read a stream for the function. */
function readsStreamOf(table: string): readonly string[] {
  return ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
    (action) => `${table} stream: ${action}`,
  );
}

/** What the CDK's event source grants Lambda, so that it receives the messages of a queue for the function. */
function receivesFrom(queue: string): readonly string[] {
  const actions = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'];
  return actions.map((action) => `${queue}: sqs:${action}`);
}

/** Grants that `npm test` need not use, and why they are needed. */
export const seldomUsed: Readonly<Record<string, string>> = {
  'fulfillment/audit-stock Inventory: read shard': 'A finding about a shard is read again before it is reported.',
  'fulfillment/reserve-stock Inventory: write hotSkus': 'Contention within a second adds shards to the plan of a SKU.',
  'fulfillment/reserve-stock Inventory: write plan': 'Contention within a second adds shards to the plan of a SKU.',
  'inventory/put-stock-plan Inventory: ConditionCheckItem': 'Shards that were closed are opened again.',
  'inventory/rebalance-stock Inventory: ConditionCheckItem': 'Shards that were closed are opened again.',
  'inventory/rebalance-stock Inventory: PutItem': 'A plan grows at a high rate and shrinks after ten minutes.',
  'inventory/rebalance-stock Inventory: write plan': 'A plan grows at a high rate and shrinks after ten minutes.',
  'inventory/rebalance-stock Inventory: write hotSkus': 'A plan that has cooled leaves the list.',
  'inventory/rebalance-stock Inventory: write reservation': 'A debit that no reservation has bound is voided.',
  'orders/place-order Idempotency: GetItem': 'Powertools reads a record that a refused write did not return.',
};
