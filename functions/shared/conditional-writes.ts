import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './batch-get.ts';
import type { Contended } from './kernel/contention.ts';
import type { Client } from './table-access.ts';

/** Reasons of a cancelled transaction that only say that another request held an item or that the partition is busy. */
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
  /** The positions of the contended items; empty when the store does not say. */
  | { readonly outcome: 'contended'; readonly positions: readonly number[] };

/**
 * Writes all or nothing. The client token that the SDK adds makes its own repetitions of a lost answer succeed. A
 * repetition by the caller has another token, and its conditions must recognize what was done before.
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

/** `refused` brings the item as it was. */
export type WriteOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'refused'; readonly found: Item | undefined }
  | Contended;

/** One conditional write. */
export async function writeIf(write: () => Promise<unknown>): Promise<WriteOutcome> {
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
