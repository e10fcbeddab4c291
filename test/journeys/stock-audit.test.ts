import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { PaymentAudit } from '../../functions/fulfillment/commands/audit-payments.ts';
import type { StockAudit } from '../../functions/inventory/audit/commands/run-audit.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

const script = fileURLToPath(new URL('../../scripts/audit.ts', import.meta.url));

let local: Local;
let shop: Shop;
let client: DynamoDBClient;
let waiting: OrderResource;
let dispatched: OrderResource;

/** Orders with every outcome. */
beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, schedules: false, logLevel: 'SILENT' });
  shop = new Shop(local);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: local.awsUrl, region: 'us-east-1', credentials });
  await shop.sell('MUG', { stock: { BER: 9, VIE: 2 } });
  waiting = await shop.ordered('alice', orderOf('MUG'));
  dispatched = await shop.ordered('alice', orderOf('MUG', { lines: [{ sku: 'MUG', quantity: 2 }] }));
  await shop.dispatched(dispatched);
  await shop.ordered('alice', orderOf('MUG', { paymentMethodId: 'pm_card_chargeDeclined' }));
  const { orderId } = await shop.ordered('alice', orderOf('MUG'));
  await shop.cancel(orderId);
  await local.settled();
});

afterAll(async () => {
  client?.destroy();
  await local?.stop();
});

/** `npm run audit` as an operator runs it. */
type Audit = StockAudit & { readonly payments: PaymentAudit };

async function audited(...args: string[]): Promise<{ code: number; audit: Audit }> {
  const run = promisify(execFile)(process.execPath, [script, '--url', local.url, '--json', ...args]);
  const failed = (error: { readonly stdout: string; readonly code: number }) => error;
  const { stdout, code } = await run.then(({ stdout: text }) => ({ stdout: text, code: 0 }), failed);
  return { code, audit: JSON.parse(stdout) as Audit };
}

describe('the payments of a shop with orders', () => {
  /** Changes the sandbox's book of an order's payment. */
  async function forge(orderId: string, change: string, amountMinor: number): Promise<void> {
    const { payments } = await shop.books();
    const id = payments.find((payment) => payment.orderId === orderId)?.id ?? '';
    await client.send(
      new UpdateItemCommand({
        TableName: 'Sandbox',
        Key: { pk: { S: `payment#${id}` }, sk: { S: 'book' } },
        UpdateExpression: change,
        ExpressionAttributeValues: { ':amount': { N: String(amountMinor) } },
      }),
    );
  }

  test("agree with the payment gateway's books", async () => {
    const { audit } = await audited();
    expect(audit.payments).toEqual({ findings: [], undecided: [], lookedUpCount: 3, uncheckedCount: 0, more: false });
  });

  test('and do not when the gateway has captured another amount than the order says', async () => {
    const { totalMinor } = dispatched.totals;
    await forge(dispatched.orderId, 'SET capturedMinor = :amount', 0);
    const { code, audit } = await audited();
    expect(code).toBe(1);
    const about = { orderId: dispatched.orderId, paymentId: expect.stringMatching(/^pi_/), currency: 'EUR' };
    expect(audit.payments.findings).toEqual([
      { kind: 'captured_differs', ...about, expectedMinor: totalMinor, foundMinor: 0 },
    ]);
    await forge(dispatched.orderId, 'SET capturedMinor = :amount', totalMinor);
    expect((await audited()).audit.payments.findings).toEqual([]);
    // The function's own permissions refuse none of its requests.
    expect(await local.invoke('AuditStock', {})).toBeNull();
  });
});

describe('the stock of a shop with orders', () => {
  test('balances, by the audit that is run by hand and by the scheduled one', async () => {
    const { code, audit } = await audited();
    expect({ code, ...audit }).toMatchObject({ code: 0, findings: [], undecided: [], complete: true, readCount: 2 });
    // The function's own permissions refuse none of its requests.
    expect(await local.invoke('AuditStock', {})).toBeNull();
  });

  test('and does not when the units of a confirmed order were released by hand', async () => {
    const stamp = (pk: string, change: string, values: Record<string, AttributeValue>) =>
      client.send(
        new UpdateItemCommand({
          TableName: 'Inventory',
          Key: { pk: { S: pk } },
          UpdateExpression: change,
          ExpressionAttributeValues: values,
        }),
      );
    await stamp(`R#${waiting.orderId}`, 'SET st = :released', { ':released': { S: 'RELEASED' } });
    await stamp('I#BER#MUG#0', 'SET av = av + :one, rs = rs - :one', { ':one': { N: '1' } });
    const { code, audit } = await audited();
    expect(code).toBe(1);
    expect(audit.findings).toEqual([
      {
        kind: 'confirmed_order_lacks_stock',
        orderId: waiting.orderId,
        expected: 'CONFIRMED',
        found: 'RELEASED',
      },
    ]);
  });
});
