import middy from '@middy/core';
import * as z from 'zod/mini';
import { isThrottled, isTransient, OverloadFault, TransientFault } from './kernel/faults.ts';
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
 * @param reaches what the step calls. Any fault that may pass of a step that reaches only `tables` is an overload.
 * @throws Error named by the code when the step refuses.
 * @throws OverloadFault when a table was throttled. The state machines retry this name for minutes.
 * @throws TransientFault for another fault that may pass; the state machines retry this name a few times. Any other fault
 *   is thrown as it is.
 */
export function sagaStep<S extends z.ZodMiniType, Output>(
  input: S,
  run: (state: z.output<S>) => Promise<Output | Refusal>,
  reaches: 'tables' | 'gateway' = 'tables',
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
        if (!isTransient(error)) throw error;
        const isOverload = reaches === 'tables' || isThrottled(error);
        throw new (isOverload ? OverloadFault : TransientFault)(error?.message ?? '', { cause: error });
      },
    })
    .handler(step) as unknown as (event: unknown, context: unknown) => Promise<Output>;
}

function orderIdOf(event: unknown): string | undefined {
  const orderId = (event as { orderId?: unknown } | null)?.orderId;
  return typeof orderId === 'string' ? orderId : undefined;
}
