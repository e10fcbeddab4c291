import { cancellationSaga } from './cancellation-saga.ts';
import { dispatchSaga } from './dispatch-saga.ts';
import { orderSaga } from './order-saga.ts';
import type { Definition } from './states-language.ts';

/** Every saga by name; `npm run asl` writes each to `<name>.asl.json`, which is what is deployed. */
export const sagas: Readonly<Record<string, Definition>> = {
  'order-saga': orderSaga,
  'dispatch-saga': dispatchSaga,
  'cancellation-saga': cancellationSaga,
};
