import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './batch-get.ts';
import type { Pace } from './kernel/backoff.ts';
import type { Contended } from './kernel/contention.ts';
import { isThrottled } from './kernel/faults.ts';
import type { TableAccess } from './table-access.ts';

/** Cancellation reasons that pass: another request was writing an item, or the partition is throttled. */
const throttledReasons = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);
const transientReasons = new Set(['TransactionConflict', ...throttledReasons]);
/** Names of errors of a whole request that another one was in the way of. */
const contentionErrors = new Set(['TransactionConflictException', 'TransactionInProgressException']);

/** Shortest pause after a throttle, and half of the longest. */
const throttlePauseMs = 50;

export type TransactOutcome =
  | { readonly outcome: 'done' }
  /** The items whose condition failed, by position in the transaction; undefined where the item did not exist. */
  | { readonly outcome: 'refused'; readonly found: ReadonlyMap<number, Item | undefined> }
  /** The positions of the contended items; empty when the error does not name them. */
  | { readonly outcome: 'contended'; readonly positions: readonly number[] };

/**
 * Executes a transaction; after a throttle it waits before it answers. The SDK adds a client token, so its own retries after a
 * lost answer succeed. A repetition by the caller has a different token: its conditions must detect that the first attempt was
 * executed.
 *
 * @throws the SDK's error for every failure that is neither a failed condition nor contention.
 */
export async function transact(
  { client, pace }: Pick<TableAccess, 'client' | 'pace'>,
  actions: TransactWriteItem[],
): Promise<TransactOutcome> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) return { ...(await contendedOr(error, pace)), positions: [] };
    const reasons = error.CancellationReasons ?? [];
    const refused = [...reasons.entries()].filter(([, reason]) => reason.Code === 'ConditionalCheckFailed');
    if (refused.length > 0) {
      return { outcome: 'refused', found: new Map(refused.map(([position, reason]) => [position, reason.Item])) };
    }
    const causes = [...reasons.entries()].filter(([, { Code = 'None' }]) => Code !== 'None');
    if (causes.length > 0 && causes.every(([, { Code = '' }]) => transientReasons.has(Code))) {
      if (causes.some(([, { Code = '' }]) => throttledReasons.has(Code))) await throttlePause(pace);
      return { outcome: 'contended', positions: causes.map(([position]) => position) };
    }
    throw error;
  }
}

/** `refused`: the condition failed; `found` is the existing item if the request asks for it. */
export type WriteOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'refused'; readonly found: Item | undefined }
  | Contended;

/**
 * Converts the errors of one conditional write to outcomes; after a throttle it waits before it answers.
 *
 * @param pace `undefined` for a write that only saves work. It is not repeated, so nothing waits after a throttle.
 * @throws the SDK's error for every failure that is neither a failed condition nor contention.
 */
export async function writeIf(pace: Pace | undefined, write: () => Promise<unknown>): Promise<WriteOutcome> {
  try {
    await write();
    return { outcome: 'done' };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { outcome: 'refused', found: error.Item };
    return contendedOr(error, pace);
  }
}

async function contendedOr(error: unknown, pace: Pace | undefined): Promise<Contended> {
  const throttled = isThrottled(error);
  if (!throttled && !(error instanceof Error && contentionErrors.has(error.name))) throw error;
  if (throttled && pace !== undefined) await throttlePause(pace);
  return { outcome: 'contended' };
}

/**
 * Waits after a throttle, because callers repeat a contended request, some of them at once and on another item of the same
 * table. A partition's budget is one second long; the random part keeps throttled callers apart.
 */
function throttlePause(pace: Pace): Promise<void> {
  return pace.sleep(throttlePauseMs * (1 + pace.random()));
}
