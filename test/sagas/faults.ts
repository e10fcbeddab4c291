import type { StepFault } from './stage.ts';

type Count = Pick<StepFault, 'times' | 'nth'>;

/** The step does not run; every time unless told. */
export function fails(
  step: string,
  error = 'TransientFault',
  { times = Number.POSITIVE_INFINITY, nth = 1 }: Count = {},
) {
  return { kind: 'fail', function: step, error, times, nth } satisfies StepFault;
}

/** The step does what it does, and nobody hears its answer; every time unless told. */
export function loses(
  step: string,
  error = 'TransientFault',
  { times = Number.POSITIVE_INFINITY, nth = 1 }: Count = {},
) {
  return { kind: 'lost', function: step, error, times, nth } satisfies StepFault;
}
