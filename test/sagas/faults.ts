import type { StepFault } from './running-system.ts';

type Count = Pick<StepFault, 'times' | 'nth'>;

/** The step fails without running; by default at every attempt. */
export function fails(
  step: string,
  error = 'TransientFault',
  { times = Number.POSITIVE_INFINITY, nth = 1 }: Count = {},
) {
  return { kind: 'fail', function: step, error, times, nth } satisfies StepFault;
}

/** The step runs and its answer is lost; by default at every attempt. */
export function loses(
  step: string,
  error = 'TransientFault',
  { times = Number.POSITIVE_INFINITY, nth = 1 }: Count = {},
) {
  return { kind: 'lost', function: step, error, times, nth } satisfies StepFault;
}
