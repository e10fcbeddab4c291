import { compensationFailed, holdOrder, postponed, undoStep, undoSteps } from './compensation.ts';
import { defineSaga } from './define-saga.ts';

export const cancellationSaga = defineSaga({
  comment:
    'Takes back everything that was done for an order, and ends it as cancelled or rejected: for a cancellation of an order ' +
    'that was confirmed or held, and for any order whose undo was lost.',
  startAt: 'CancelShipment',
  states: {
    ...undoSteps('RecordCancellation'),
    RecordCancellation: undoStep(null),
    HoldOrder: holdOrder('Parked'),
    Parked: compensationFailed,
    Postponed: postponed,
  },
});
