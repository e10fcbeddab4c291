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

/** The ways in which a step fails for good, with the number of times that a saga with so many tries enters it. */
export function failuresForGood(tries: number) {
  const error = 'TransientFault';
  return [
    { how: 'fails before it takes effect, on every attempt', fault: fails, error, entered: tries },
    { how: 'takes effect and its answer is lost, on every attempt', fault: loses, error, entered: tries },
    { how: 'crashes', fault: fails, error: 'TypeError', entered: 1 },
  ] as const;
}
