import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import { dynamo } from '../../shared/aws/clients.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Order } from '../domain/order.ts';
import { keyReused, type Placed, type Placement, requestHashOf } from './order-placement.ts';

/** After a day the record is gone and the order's derived id alone keeps a repetition from ordering again. */
const recordSeconds = 24 * 60 * 60;

export interface PlacementAnswer {
  readonly orderId: string;
  /** Absent when the idempotency record answered: the order is in the log. */
  readonly order?: Order;
  /** True when an earlier try of the request placed the order, and this one gets its answer. */
  readonly replayed: boolean;
}

/** Carries a refusal past the idempotency record, so that a refused request is decided anew when it is repeated. */
class RefusedPlacement extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.refused.code);
    this.refusal = refusal;
  }
}

/**
 * Runs a placement once for each customer and key while others with the same key wait outside. The record holds the
 * order's id only: the answer is in the log.
 */
export function idempotentPlacement<Code extends string>(
  table: string,
  place: (placement: Placement) => Promise<Placed | Refusal<Code>>,
) {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: table, awsSdkV3Client: dynamo() });
  return async (
    placement: Placement,
    lambda: Context,
  ): Promise<PlacementAnswer | Refusal<Code | 'IDEMPOTENCY_IN_PROGRESS' | 'IDEMPOTENCY_KEY_REUSED'>> => {
    let placed: Placed | undefined;
    const config = new IdempotencyConfig({
      eventKeyJmesPath: 'key',
      payloadValidationJmesPath: 'hash',
      throwOnNoIdempotencyKey: true,
      expiresAfterSeconds: recordSeconds,
      lambdaContext: lambda,
    });
    const once = makeIdempotent(
      async () => {
        const answer = await place(placement);
        if (isRefusal(answer)) throw new RefusedPlacement(answer);
        placed = answer as Placed;
        return { orderId: placed.order.orderId };
      },
      { persistenceStore, config, keyPrefix: 'place-order' },
    ) as (request: { key: string[]; hash: string }) => Promise<{ orderId: string }>;
    try {
      const key = [placement.customerId, placement.idempotencyKey];
      const { orderId } = await once({ key, hash: requestHashOf(placement.body) });
      return placed === undefined ? { orderId, replayed: true } : { orderId, ...placed };
    } catch (error) {
      return refusalOf(error) as Refusal<Code>;
    }
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedPlacement) return error.refusal;
  if (error instanceof IdempotencyValidationError) return keyReused();
  if (error instanceof IdempotencyAlreadyInProgressError) {
    return refuse('IDEMPOTENCY_IN_PROGRESS', 'The first request with this Idempotency-Key is still running.');
  }
  throw error;
}
