import middy from '@middy/core';
import * as z from 'zod/mini';
import { isTransient, TransientFault } from './kernel/faults.ts';
import { isRefusal, type Refusal } from './kernel/refusal.ts';
import { logger } from './logging.ts';

/** Carries a refusal out of a step: Step Functions matches errors by name, and no Retry lists a refusal's code. */
class RefusedStep extends Error {
  constructor({ refused }: Refusal) {
    super(refused.detail);
    this.name = refused.code;
  }
}

/**
 * The shape of every task of a saga: the state is parsed, one effect happens, data comes back. A refusal becomes an
 * error named by its code; a fault that may pass becomes `TransientFault`, which is what the definitions retry.
 */
export function sagaStep<S extends z.ZodMiniType, Output>(
  input: S,
  run: (state: z.output<S>) => Promise<Output | Refusal>,
): (event: unknown, context: unknown) => Promise<Output> {
  const step = async (event: unknown): Promise<Output> => {
    const answer = await run(z.parse(input, event));
    if (isRefusal(answer)) throw new RefusedStep(answer);
    return answer as Exclude<typeof answer, Refusal>;
  };
  return middy()
    .use({
      onError: async ({ error, event }) => {
        if (error instanceof RefusedStep) throw error;
        logger.error('step failed', { orderId: orderIdOf(event), error: error ?? undefined });
        if (isTransient(error)) throw new TransientFault(error?.message ?? '', { cause: error });
        throw error;
      },
    })
    .handler(step) as unknown as (event: unknown, context: unknown) => Promise<Output>;
}

function orderIdOf(event: unknown): string | undefined {
  const orderId = (event as { orderId?: unknown } | null)?.orderId;
  return typeof orderId === 'string' ? orderId : undefined;
}
