import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { StockAudit } from '../../functions/inventory/domain/run-audit.ts';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
import type { Local } from '../../local/local.ts';
>>>>>>> aws
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

const script = fileURLToPath(new URL('../../scripts/audit.ts', import.meta.url));

let local: Local;
let shop: Shop;
let client: DynamoDBClient;
let waiting: OrderResource;

/** A bit of everything that becomes of orders. */
beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, schedules: false, logLevel: 'SILENT' });
  shop = new Shop(local);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: local.awsUrl, region: 'us-east-1', credentials });
  await shop.sell('MUG', { stock: { BER: 9, VIE: 2 } });
  waiting = await shop.ordered('alice', orderOf('MUG'));
  await shop.dispatched(await shop.ordered('alice', orderOf('MUG', { lines: [{ sku: 'MUG', quantity: 2 }] })));
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
async function audited(...args: string[]): Promise<{ code: number; audit: StockAudit }> {
  const run = promisify(execFile)(process.execPath, [script, '--url', local.url, '--json', ...args]);
  const failed = (error: { readonly stdout: string; readonly code: number }) => error;
  const { stdout, code } = await run.then(({ stdout: text }) => ({ stdout: text, code: 0 }), failed);
  return { code, audit: JSON.parse(stdout) as StockAudit };
}

describe('the stock of a shop with orders', () => {
  test('balances, by the audit that is run by hand and by the one that runs by itself', async () => {
    const { code, audit } = await audited();
    expect({ code, ...audit }).toMatchObject({ code: 0, findings: [], undecided: [], complete: true, readCount: 2 });
    // Nothing that the function asks for is refused by its own permissions.
    expect(await local.invoke('AuditStock', {})).toBeNull();
  });

  test('and does not when somebody releases by hand what a confirmed order waits for', async () => {
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
