import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { stockLevels } from '../../functions/inventory/availability/index.ts';
import {
  dynamodbLevels,
  dynamodbReserveOrBackorder,
  reserveOrBackorder,
} from '../../functions/inventory/backorders/index.ts';
import { bookReceipt, dynamodbReceipts } from '../../functions/inventory/ledger/index.ts';
import { dynamodbPlanStore, planWith } from '../../functions/inventory/sharding/index.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { addSeconds, systemClock } from '../../functions/shared/kernel/time.ts';
import { tableAccess } from '../../functions/shared/table-access.ts';
import { meteredClient, type Usage } from './metered-client.ts';
import { RequestClock } from './request-clock.ts';

export interface Sale {
  readonly path: 'T' | 'J';
  readonly shards: number;
  readonly units: number;
  readonly buyers: number;
  /** Processes, each with its own caches, that serve one buyer after the other. */
  readonly clients: number;
}

export interface SaleFigures {
  readonly sold: number;
  readonly refused: number;
  /** Orders whose every attempt failed. */
  readonly failed: number;
  readonly seconds: number;
  readonly salesPerSecond: number;
  /** Write units of all requests, refused ones included, for each sale. */
  readonly writeUnitsPerSale: number;
  readonly readUnitsPerSale: number;
  readonly requests: Readonly<Record<string, number>>;
  /** Units for sale after the sale, by the counters. */
  readonly available: number;
  readonly reserved: number;
}

const location = 'W1';
const holdSeconds = 900;
/** Attempts of one order: as many as a saga's step makes. */
const maxAttempts = 4;

/** Sells units of one SKU to more buyers than there are units, over a real store, and measures it. */
export async function runSale(client: DynamoDBClient, table: string, sku: string, sale: Sale): Promise<SaleFigures> {
  await stockUp(client, table, sku, sale);
  const time = new RequestClock(sale.clients);
  const usage: Usage = { writeUnits: 0, readUnits: 0, requests: new Map() };
  const queue = Array.from({ length: sale.buyers }, (_, index) => `${sku}-order-${index}`);
  const orders = { sold: 0, refused: 0, failed: 0 };
  const serve = async (): Promise<void> => {
    const stock = dynamodbReserveOrBackorder(table, {
      client: time.timed(meteredClient(client, usage)),
      pace: time.pace,
      clock: time.clock,
    });
    const buy = async (orderId: string): Promise<keyof typeof orders> => {
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        try {
          const now = time.clock();
          const lines = [{ lineId: '1', sku, quantity: 1 }];
          const saga = { placedAt: now, correlationId: orderId, traceparent: '', orderVersion: 1 };
          const request = { orderId, lines, expiresAt: addSeconds(now, holdSeconds), ...saga };
          const answer = await reserveOrBackorder(request, now, stock);
          return isRefusal(answer) ? 'refused' : 'sold';
        } catch (fault) {
          if (!isTransient(fault)) throw fault;
        }
      }
      return 'failed';
    };
    for (let order = queue.shift(); order !== undefined; order = queue.shift()) orders[await buy(order)] += 1;
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: sale.clients }, serve));
  const seconds = (performance.now() - began) / 1_000;
  const levels = await stockLevels(sku, dynamodbLevels(table, { client }));
  return {
    ...orders,
    seconds,
    salesPerSecond: orders.sold / seconds,
    writeUnitsPerSale: usage.writeUnits / orders.sold,
    readUnitsPerSale: usage.readUnits / orders.sold,
    requests: Object.fromEntries(usage.requests),
    available: levels?.available ?? 0,
    reserved: levels?.reserved ?? 0,
  };
}

async function stockUp(client: DynamoDBClient, table: string, sku: string, sale: Sale): Promise<void> {
  await dynamodbPlanStore(tableAccess(table, { client })).write({
    ...planWith(undefined, sku, location, sale.shards),
    path: sale.path,
  });
  // A receipt reaches at most 98 shards, so that the units arrive in as many receipts as there are hundreds of shards.
  const receipts = Math.ceil(sale.shards / 98);
  const warehouse = dynamodbReceipts(table, { client });
  for (let receipt = 0; receipt < receipts; receipt++) {
    const share = Math.floor(sale.units / receipts) + (receipt < sale.units % receipts ? 1 : 0);
    await bookReceipt({ receiptId: `${sku}-${receipt}`, sku, location, quantity: share }, systemClock(), warehouse);
  }
}
