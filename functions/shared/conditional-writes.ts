import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Contended } from '../inventory/sharding/commands/stock-table.ts';
import type { Item } from './batch-get.ts';

export type Client = Pick<DynamoDBClient, 'send'>;

/** Reasons of a cancelled transaction that say no more than: somebody else was there, or the partition is busy. */
const passingReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
/** The same for a request as a whole. */
const passingErrors = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

export type TransactOutcome =
  | { readonly outcome: 'done' }
  /** By position in the transaction: the items whose condition failed, as they were; undefined where there was none. */
  | { readonly outcome: 'refused'; readonly found: ReadonlyMap<number, Item | undefined> }
  /** The positions where it met others; empty when the store does not say. */
  | { readonly outcome: 'contended'; readonly positions: readonly number[] };

/**
 * Writes all or nothing. The client token that the SDK adds makes its own repetitions of a lost answer succeed; ours
 * have another token, and their conditions recognize what was done before, at any later time.
 */
export async function transact(client: Client, actions: TransactWriteItem[]): Promise<TransactOutcome> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) return { ...contendedOr(error), positions: [] };
    const reasons = error.CancellationReasons ?? [];
    const refused = [...reasons.entries()].filter(([, reason]) => reason.Code === 'ConditionalCheckFailed');
    if (refused.length > 0) {
      return { outcome: 'refused', found: new Map(refused.map(([position, reason]) => [position, reason.Item])) };
    }
    const causes = [...reasons.entries()].filter(([, { Code = 'None' }]) => Code !== 'None');
    if (causes.length > 0 && causes.every(([, { Code = '' }]) => passingReasons.has(Code))) {
      return { outcome: 'contended', positions: causes.map(([position]) => position) };
    }
    throw error;
  }
}

/** One conditional write; `refused` brings the item as it was. */
export async function writeIf(
  write: () => Promise<unknown>,
): Promise<
  { readonly outcome: 'done' } | { readonly outcome: 'refused'; readonly found: Item | undefined } | Contended
> {
  try {
    await write();
    return { outcome: 'done' };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { outcome: 'refused', found: error.Item };
    return contendedOr(error);
  }
}

function contendedOr(error: unknown): Contended {
  if (error instanceof Error && passingErrors.has(error.name)) return { outcome: 'contended' };
  throw error;
}
