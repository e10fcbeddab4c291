import { holdOrder, postponed } from './compensation.ts';
import { defineSaga } from './define-saga.ts';
import { forwardRetries } from './retry-policies.ts';

const failure = '$.failure';
const holdInstead = { failure, overload: 'Postponed', otherwise: 'HoldOrder' } as const;

export const dispatchSaga = defineSaga({
  comment:
    'Takes the money for a shipment that was handed to the carrier, books its stock out and records it. What fails holds ' +
    'the order; nothing is undone, because the parcel is on its way.',
  startAt: 'CapturePayment',
  states: {
    CapturePayment: {
      kind: 'step',
      answer: '$.capture',
      retry: forwardRetries,
      onFailure: holdInstead,
      next: 'CommitStock',
    },
    CommitStock: { kind: 'step', answer: null, retry: forwardRetries, onFailure: holdInstead, next: 'RecordDispatch' },
    RecordDispatch: { kind: 'step', answer: null, retry: forwardRetries, onFailure: holdInstead },
    HoldOrder: holdOrder('WasRefused'),
    WasRefused: {
      kind: 'choice',
      comment: 'A capture that the gateway refuses is an answer: the order waits for a person, and no alarm goes off.',
      variable: `${failure}.Error`,
      cases: { PAYMENT_CAPTURE_REFUSED: 'Held', AUTHORIZATION_EXPIRED: 'Held' },
      otherwise: 'Parked',
    },
    Held: { kind: 'succeed' },
    Postponed: postponed,
    Parked: {
      kind: 'fail',
      error: 'DispatchFailed',
      cause: 'The shipment could not be paid for or booked out; the order is on hold.',
    },
  },
});
