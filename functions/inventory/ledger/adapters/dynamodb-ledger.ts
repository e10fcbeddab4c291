import { type AccessOptions, tableAccess } from '../../../shared/table-access.ts';
import { dynamodbPlanQueues } from '../../backorders/index.ts';
import { dynamodbShardStore } from '../../sharding/index.ts';
import type { ReceiptDependencies } from '../commands/book-receipt.ts';
import type { PostDependencies } from '../commands/post-entry.ts';
import { dynamodbLedgerStore } from './dynamodb-ledger-store.ts';

/** The dependencies of booking receipts. */
export function dynamodbReceipts(table: string, options: AccessOptions = {}): ReceiptDependencies {
  const access = tableAccess(table, options);
  return {
    ...dynamodbPosting(table, options),
    ledger: dynamodbLedgerStore(access),
    planQueues: dynamodbPlanQueues(access),
  };
}

/** The dependencies of booking adjustments, counts, moves and safety stock. */
export function dynamodbPosting(table: string, options: AccessOptions = {}): PostDependencies {
  const access = tableAccess(table, options);
  return { ledger: dynamodbLedgerStore(access), shards: dynamodbShardStore(access), pace: access.pace };
}
