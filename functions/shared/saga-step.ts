import middy from '@middy/core';
import * as z from 'zod/mini';
import { isTransient, TransientFault } from './kernel/faults.ts';
import { isRefusal, type Refusal } from './kernel/refusal.ts';
import { logger } from './logging.ts';

/**
 * A refusal as an error, named by its code. Step Functions matches errors by name, and no Retry lists a refusal's code.
 */
class RefusedStep extends Error {
  constructor({ refused }: Refusal) {
    super(refused.detail);
    this.name = refused.code;
  }
}

/**
 * Makes the handler of a saga's task. It parses the state, runs the step and returns its answer.
 *
 * @throws Error named by the code when the step refuses.
 * @throws TransientFault for a fault that may pass; the state machines retry this name. Any other fault is thrown as it is.
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
