import { compensationFailed, holdOrder, postponed, undoStep, undoSteps } from './compensation.ts';
import { defineSaga } from './define-saga.ts';
import { forwardRetries } from './retry-policies.ts';

const failure = '$.failure';
/** Any step may have succeeded although it reports a fault, so a fault of any step undoes all of them. */
const undoEverything = { failure, overload: 'Postponed', otherwise: 'CancelShipment' } as const;

export const orderSaga = defineSaga({
  comment:
    "Places an order's holds and charges, or takes back whatever was done, or ends while the order waits for stock or " +
    "for its customer's confirmation of the payment. " +
    'The first answer missing in the state names the step that failed.',
  startAt: 'ReserveStock',
  states: {
    ReserveStock: {
      kind: 'step',
      answer: '$.stock',
      retry: forwardRetries,
      onFailure: {
        ...undoEverything,
        refusals: { OUT_OF_STOCK: 'ReleaseStock', DISCOUNT_USED_UP: 'ReleaseStock', BACKORDERED: 'HoldBackorder' },
      },
      next: 'AuthorizePayment',
    },
    AuthorizePayment: {
      kind: 'step',
      answer: '$.payment',
      retry: forwardRetries,
      onFailure: {
        ...undoEverything,
        refusals: {
          PAYMENT_DECLINED: 'VoidPayment',
          PAYMENT_ACTION_EXPIRED: 'VoidPayment',
          PAYMENT_ACTION_REQUIRED: 'AwaitPayment',
        },
      },
      next: 'BookShipment',
    },
    BookShipment: {
      kind: 'step',
      answer: '$.shipments',
      retry: forwardRetries,
      onFailure: undoEverything,
      next: 'ConfirmOrder',
    },
    ConfirmOrder: { kind: 'step', answer: '$.confirmation', retry: forwardRetries, onFailure: undoEverything },
    AwaitPayment: {
      kind: 'step',
      answer: null,
      retry: forwardRetries,
      onFailure: { ...undoEverything, refusals: { PAYMENT_ANSWERED: 'AuthorizePayment' } },
    },
    HoldBackorder: { kind: 'step', answer: null, retry: forwardRetries, onFailure: undoEverything },
    ...undoSteps('RejectOrder'),
    RejectOrder: undoStep(null),
    HoldOrder: holdOrder('Parked'),
    Parked: compensationFailed,
    Postponed: postponed,
  },
});
