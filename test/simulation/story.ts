import fc from 'fast-check';
import type { InvokeFault } from '../../local/index.ts';
import type { StepStoreFault } from '../sagas/stage.ts';

export const skus = ['ANVIL', 'BELL', 'CLOCK', 'DRUM'] as const;
/** Units received at the beginning, by location: too few for all orders, and at more than one location. */
export const stockAtFirst = { BER: 30, VIE: 20 } as const;
const customers = 5;

/** A fault of a step of one order, in any run. */
export type InjectedFault = Required<Pick<InvokeFault, 'kind' | 'function' | 'error' | 'times' | 'nth'>>;

export type Happening =
  | {
      readonly kind: 'place';
      readonly customer: string;
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
      readonly paymentMethodId: string;
      readonly postalCode: string;
      readonly injectedFaults: readonly InjectedFault[];
    }
  /** The numbers select one of the orders at that time, and one of its shipments. */
  | { readonly kind: 'place again' | 'cancel'; readonly order: number }
  | { readonly kind: 'dispatch'; readonly order: number; readonly shipment: number }
  | { readonly kind: 'deliver again'; readonly order: number; readonly starter: (typeof starters)[number] }
  | { readonly kind: 'receive'; readonly sku: string; readonly quantity: number }
  | { readonly kind: 'sweep' }
  /** The executions of an order that run at that time are lost. */
  | { readonly kind: 'lose executions'; readonly order: number }
  | { readonly kind: 'freeze'; readonly milliseconds: number }
  | { readonly kind: 'trouble'; readonly faults: readonly StepStoreFault[] };

const starters = ['StartOrderSaga', 'StartDispatchSaga', 'StartCancellationSaga'] as const;
const forwardSteps = ['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder'];
const backSteps = ['CancelShipment', 'VoidPayment', 'ReleaseStock', 'RejectOrder', 'RecordCancellation'];
const dispatchSteps = ['CapturePayment', 'CommitStock', 'RecordDispatch'];

const injectedFault: fc.Arbitrary<InjectedFault> = fc.record({
  kind: fc.constantFrom('fail', 'lost'),
  function: fc.constantFrom(...forwardSteps, ...backSteps, ...dispatchSteps, 'HoldOrder'),
  error: fc.constantFrom('TransientFault', 'TransientFault', 'Sandbox.Timedout', 'TypeError'),
  times: fc.integer({ min: 1, max: 7 }),
  nth: fc.integer({ min: 1, max: 2 }),
});

const order = fc.nat();
const line = fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 4 }) });
const mostly = <Value>(usual: Value, ...unusual: Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 3, arbitrary: fc.constantFrom(...unusual) });

const place = fc.record({
  kind: fc.constant('place' as const),
  customer: fc.nat(customers - 1).map((number) => `customer-${number}`),
  lines: fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: ({ sku }) => sku }),
  paymentMethodId: mostly(
    'pm_card_visa',
    'pm_card_chargeDeclined',
    'pm_sandbox_error',
    'pm_sandbox_flaky',
    'pm_sandbox_lostAck',
    'pm_sandbox_captureFails',
  ),
  postalCode: mostly('10115', '00000', '00001', '00002'),
  injectedFaults: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(injectedFault, { minLength: 1, maxLength: 3 }) },
  ),
});

/** Short enough for the retries of clients, queues and sagas to outlast it. */
const storeFault: fc.Arbitrary<StepStoreFault> = fc.record({
  kind: fc.constantFrom('throttle', 'error', 'reset', 'lost', 'conflict'),
  operation: fc.constantFrom('PutItem', 'UpdateItem', 'TransactWriteItems', 'Query', 'GetItem', 'BatchGetItem'),
  times: fc.integer({ min: 1, max: 4 }),
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 10, arbitrary: place },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('place again' as const), order }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), order }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('dispatch' as const), order, shipment: fc.nat(1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('deliver again' as const),
      order,
      starter: fc.constantFrom(...starters),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      sku: fc.constantFrom(...skus),
      quantity: fc.integer({ min: 1, max: 10 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'sweep' }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lose executions' as const), order }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('freeze' as const),
      // Some are longer than a connection may have been idle before a request that is sent once.
      milliseconds: fc.integer({ min: 100, max: 2_500 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('trouble' as const),
      faults: fc.array(storeFault, { minLength: 1, maxLength: 3 }),
    }),
  },
);

/** Actions with about this many orders; the same for the same seed. */
export function actionsFrom(seed: number, orders: number): Happening[] {
  const actions = fc.sample(happening, { seed, numRuns: orders * 3 });
  let left = orders;
  return actions.filter(({ kind }) => kind !== 'place' || left-- > 0);
}
