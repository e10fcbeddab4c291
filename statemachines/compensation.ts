import type { Failure, Step } from './define-saga.ts';
import { lastResortRetries } from './retry-policies.ts';

type UndoStep = 'CancelShipment' | 'VoidPayment' | 'ReleaseStock';

/** A step that takes something back. When it fails, the order is put on hold for a person. */
export function undoStep<const Next extends string = never>(
  answer: Step<Next>['answer'],
  next?: Next,
): Step<Next | 'HoldOrder' | 'Postponed'> {
  return {
    kind: 'step',
    answer,
    retry: lastResortRetries,
    onFailure: { failure: '$.undoFailure', overload: 'Postponed', otherwise: 'HoldOrder' },
    ...(next === undefined ? {} : { next }),
  };
}

/** The undo steps for every effect that an order may have had, in reverse order of the effects, followed by `next`. */
export function undoSteps<const Next extends string>(
  next: Next,
): Readonly<Record<UndoStep, Step<UndoStep | Next | 'HoldOrder' | 'Postponed'>>> {
  return {
    CancelShipment: undoStep('$.undone.shipments', 'VoidPayment'),
    VoidPayment: undoStep('$.undone.payment', 'ReleaseStock'),
    ReleaseStock: undoStep('$.undone.stock', next),
  };
}

/** Puts the order on hold for a person to look at, and goes on with `next`. Its own failure fails the execution. */
export function holdOrder<const Next extends string>(next: Next): Step<Next> {
  return { kind: 'step', answer: null, retry: lastResortRetries, next };
}

/** The end after an undo that could not be completed. */
export const compensationFailed: Failure = {
  kind: 'fail',
  error: 'CompensationFailed',
  cause: 'An undo could not be completed; the order is on hold.',
};

/**
 * The end after an overload that outlasted all retries. Nothing is decided and no alarm is raised: resume-unfinished finds
 * the order by its log and starts the saga again.
 */
export const postponed = { kind: 'succeed' } as const;
