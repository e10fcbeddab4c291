import { dynamo } from '../../shared/aws-clients.ts';
import { type Pace, systemPace } from '../../shared/kernel/backoff.ts';
import { type Clock, systemClock } from '../../shared/kernel/time.ts';
import { shardedStockStore } from '../domain/sharded-stock-store.ts';
import { ShortMemory } from '../domain/short-memory.ts';
import type { StockStore } from '../domain/stock-store.ts';
import { HomeShard } from '../domain/survey-stock.ts';
import type { Client } from './conditional-writes.ts';
import { dynamoStockTable } from './dynamodb-stock-table.ts';

export interface StockStoreOptions {
  readonly client?: Client;
  readonly pace?: Pace;
  /** Only for how long things are remembered; every decision takes the moment it is given. */
  readonly clock?: Clock;
}

/** The stock in a DynamoDB table. Make one for the process: it remembers plans and the last counts seen. */
export function stockStore(table: string, options: StockStoreOptions = {}): StockStore {
  const { client = dynamo(), pace = systemPace, clock = systemClock } = options;
  return shardedStockStore({
    table: dynamoStockTable({ client, table, pace }),
    memory: new ShortMemory(() => Date.parse(clock())),
    home: new HomeShard(pace),
    pace,
  });
}
