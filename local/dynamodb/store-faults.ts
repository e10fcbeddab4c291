import type { AwsAnswer } from '../aws/wire-server.ts';
import { FaultPlan, type FaultRule } from '../fault-plan.ts';

/** A DynamoDB call as fault rules see it. */
export interface StoreCall {
  readonly function: string;
  readonly operation: string;
  readonly tables: readonly string[];
  readonly body: string;
}

/**
 * `throttle`, `error` (500) and `reset` strike instead of the call; `lost` lets it be applied and then cuts the
 * connection: the caller cannot know; `conflict` is a transaction's conflict, which the local store never has.
 */
export interface StoreFault extends FaultRule<StoreCall> {
  readonly kind: 'throttle' | 'error' | 'reset' | 'lost' | 'conflict' | 'slow';
  readonly function?: string;
  readonly table?: string;
  /** `PutItem`, `TransactWriteItems`, … */
  readonly operation?: string;
  /** Only for `slow`. */
  readonly delayMs?: number;
}

export type StoreFaults = FaultPlan<StoreCall, StoreFault>;

/** @param changed told whether there are rules, before they are added or cleared */
export function storeFaults(changed?: (hasRules: boolean) => void): StoreFaults {
  return new FaultPlan(
    (rule, call) =>
      // Only a transaction is ever cancelled.
      (rule.kind !== 'conflict' || call.operation === 'TransactWriteItems') &&
      (rule.function ?? call.function) === call.function &&
      (rule.operation ?? call.operation) === call.operation &&
      (rule.table === undefined || call.tables.includes(rule.table)),
    changed,
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

/** The answer that a fault gives instead of the store's, if it gives one. */
export function faultAnswer(fault: StoreFault): AwsAnswer | undefined {
  if (fault.kind === 'reset') return 'cut';
  const error = ERRORS[fault.kind];
  if (!error) return undefined;
  const type = `com.amazonaws.dynamodb.v20120810#${error.type}`;
  return { status: error.status, body: JSON.stringify({ __type: type, message: error.message, ...error.more }) };
}
