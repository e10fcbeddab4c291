import type { StepFault } from './stage.ts';

type Count = Pick<StepFault, 'times' | 'nth'>;

/** The step does not run; every time by default. */
export function fails(
  step: string,
  error = 'TransientFault',
  { times = Number.POSITIVE_INFINITY, nth = 1 }: Count = {},
) {
  return { kind: 'fail', function: step, error, times, nth } satisfies StepFault;
}

/** The step takes effect and its answer is lost; every time by default. */
export function loses(
  step: string,
  error = 'TransientFault',
  { times = Number.POSITIVE_INFINITY, nth = 1 }: Count = {},
) {
  return { kind: 'lost', function: step, error, times, nth } satisfies StepFault;
}
