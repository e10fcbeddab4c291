import type { AwsAnswer } from '../aws/call.ts';
import { FaultPlan, type FaultRule } from '../fault-plan.ts';

/** A DynamoDB call as fault rules see it. */
export interface StoreCall {
  /** Construct id of the calling function. */
  readonly function: string;
  readonly operation: string;
  readonly tables: readonly string[];
  /** JSON text. */
  readonly body: string;
}

/**
 * `throttle`, `error` (500) and `reset` (of the connection) replace the call. `lost` applies the call and then cuts the
 * connection, so that the outcome is unknown to the caller. `conflict` cancels a transaction as if another one were
 * writing the same items, which never happens in the local store. `slow` delays the call.
 */
export interface StoreFault extends FaultRule<StoreCall> {
  readonly kind: 'throttle' | 'error' | 'reset' | 'lost' | 'conflict' | 'slow';
  /** Construct id; any function by default. */
  readonly function?: string;
  readonly table?: string;
  /** `PutItem`, `TransactWriteItems`, … */
  readonly operation?: string;
  /** For `slow` only. */
  readonly delayMs?: number;
}

export type StoreFaults = FaultPlan<StoreCall, StoreFault>;

export function storeFaults(): StoreFaults {
  return new FaultPlan(
    (rule, call) =>
      // DynamoDB reports conflicts only of transactions.
      (rule.kind !== 'conflict' || call.operation === 'TransactWriteItems') &&
      (rule.function ?? call.function) === call.function &&
      (rule.operation ?? call.operation) === call.operation &&
      (rule.table === undefined || call.tables.includes(rule.table)),
  );
}

const ERRORS: Partial<Record<StoreFault['kind'], { status: number; type: string; message: string; more?: object }>> = {
  throttle: { status: 400, type: 'ProvisionedThroughputExceededException', message: 'injected: rate exceeded' },
  error: { status: 500, type: 'InternalServerError', message: 'injected: internal server error' },
  conflict: {
    status: 400,
    type: 'TransactionCanceledException',
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]',
    more: { CancellationReasons: [{ Code: 'TransactionConflict', Message: 'injected: conflict' }] },
  },
};

/** The answer of a fault in place of the store's; undefined when the store answers. */
export function faultAnswer({ kind }: StoreFault): AwsAnswer | undefined {
  if (kind === 'reset') return 'cut';
  const error = ERRORS[kind];
  if (!error) return undefined;
  const type = `com.amazonaws.dynamodb.v20120810#${error.type}`;
  return { status: error.status, body: JSON.stringify({ __type: type, message: error.message, ...error.more }) };
}
