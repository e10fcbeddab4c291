import { randomBytes } from 'node:crypto';
import { dynamo, dynamoOnce } from '../../shared/aws/clients.ts';
import { type Pace, systemPace } from '../../shared/kernel/backoff.ts';
import { type Clock, systemClock } from '../../shared/kernel/time.ts';
import { shardedStockBooks } from '../domain/sharded-stock-books.ts';
import { shardedStockStore } from '../domain/sharded-stock-store.ts';
import { ShortMemory } from '../domain/short-memory.ts';
import type { StockBooks } from '../domain/stock-books.ts';
import { type StockPlans, shardedStockPlans } from '../domain/stock-plans.ts';
import type { StockStore } from '../domain/stock-store.ts';
import { HomeShard, type Surroundings } from '../domain/survey-stock.ts';
import type { Client } from './conditional-writes.ts';
import { dynamoStockTable } from './dynamodb-stock-table.ts';

export interface StockStoreOptions {
  readonly client?: Client;
  /** In place of the one that sends once; without it `client` is taken for both. */
  readonly once?: Client;
  readonly pace?: Pace;
  /** Only for how long things are remembered; every decision takes the moment it is given. */
  readonly clock?: Clock;
  readonly nonce?: () => string;
}

/** Ten characters of 36: the chance that two of a million debits of one shard share one is below one in a thousand. */
function randomNonce(): string {
  return Array.from(randomBytes(10), (byte) => (byte % 36).toString(36)).join('');
}

/** The stock in a DynamoDB table. Make one for the process: it remembers plans and the last counts seen. */
export function stockStore(table: string, options: StockStoreOptions = {}): StockStore {
  return shardedStockStore(stockSurroundings(table, options));
}

/** What happens to the stock beside sales. */
export function stockBooks(table: string, options: StockStoreOptions = {}): StockBooks {
  return shardedStockBooks(stockSurroundings(table, options));
}

/** The plans of the SKUs in the same table. Make one for the process: it remembers what it saw at its last look. */
export function stockPlans(table: string, options: StockStoreOptions = {}): StockPlans {
  return shardedStockPlans(stockSurroundings(table, options));
}

/** What everything about the stock works with. */
export function stockSurroundings(table: string, options: StockStoreOptions = {}): Surroundings {
  const { client = dynamo(), once = options.client ?? dynamoOnce(), pace = systemPace, clock = systemClock } = options;
  const nowMs = () => Date.parse(clock());
  return {
    table: dynamoStockTable({ client, once, table, pace }),
    memory: new ShortMemory(nowMs),
    home: new HomeShard(pace),
    pace,
    nonce: options.nonce ?? randomNonce,
    nowMs,
  };
}
