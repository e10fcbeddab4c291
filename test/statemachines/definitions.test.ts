import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dispatchSagaState, orderSagaState } from '../../functions/fulfillment/domain/saga-state.ts';
import { readConfig } from '../../functions/shared/config.ts';
import { type Definition, definitionNamed, definitions, happyPath, longestSeconds, type State } from './definitions.ts';

/** The package has no types of its own. */
const validate = createRequire(import.meta.url)('asl-validator') as (
  definition: unknown,
  options: object,
) => { isValid: boolean; errorsText: (separator?: string) => string };

const functionsFolder = join(import.meta.dirname, '../../functions');
const capabilities = readdirSync(functionsFolder);
const sagas = definitions.map((each) => [each.name, each] as const);
const tasksOf = ({ States }: Definition) => Object.entries(States).filter(([, { Type }]) => Type === 'Task');
const tasks = definitions.flatMap((saga) =>
  tasksOf(saga).map(([name, state]) => [`${saga.name}/${name}`, name, state] as const),
);

/** Faults that may pass. Names of refusals, and of bugs, are not among them. */
const transientNames = [
  'TransientFault',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
];

const kebab = (name: string) => name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();
/** After this state nobody is left to catch anything: its failure fails the execution, and that raises the alarm. */
const last = 'HoldOrder';

describe('the state machines', () => {
  it('are the sagas that the design names', () => {
    expect(definitions.map(({ name }) => name).sort()).toEqual(['cancellation-saga', 'dispatch-saga', 'order-saga']);
  });

  it.each(sagas)('%s is valid', (_, { text }) => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:x';
    const { isValid, errorsText } = validate(JSON.parse(text.replace(/\$\{\w+\}/g, arn)), {});
    expect([isValid, errorsText()]).toEqual([true, '']);
  });

  it('would not be, with a wrong Next or a wrong path', () => {
    const { text } = definitionNamed('order-saga');
    const broken = [text.replace('"Next": "BookShipment"', '"Next": "Nowhere"'), text.replace('"$.stock"', '"stock["')];
    for (const each of broken) {
      expect(validate(JSON.parse(each), { checkArn: false }).isValid).toBe(false);
    }
  });

  it.each(sagas)('%s is written in JSONPath, and in nothing that the local engine ignores', (_, { text }) => {
    expect(text).not.toMatch(/"QueryLanguage"|"Assign"|"Arguments"|"Output"\s*:|\{%|waitForTaskToken|"\$\$\./);
  });

  it.each(sagas)('%s neither chooses nor waits while all is well, and fails in one place', (_, saga) => {
    expect(happyPath(saga).map((name) => saga.States[name]?.Type)).toEqual(happyPath(saga).map(() => 'Task'));
    const types = Object.values(saga.States).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'Fail')).toHaveLength(1);
    for (const type of types) expect(['Task', 'Choice', 'Succeed', 'Fail']).toContain(type);
  });

  it.each(sagas)('%s chooses with something for every other case', (_, { States }) => {
    for (const { Type, Default } of Object.values(States)) if (Type === 'Choice') expect(Default).toBeDefined();
  });

  it.each(sagas)('%s says what it is for', (_, { text }) => {
    expect(JSON.parse(text).Comment).toMatch(/\.$/);
  });
});

describe('every task', () => {
  it.each(tasks)('%s is the function of its name', (_, name, { Resource }) => {
    expect(Resource).toBe(`\${${name}Arn}`);
    const homes = capabilities.filter((each) => existsSync(join(functionsFolder, each, `${kebab(name)}.ts`)));
    expect(homes).toHaveLength(1);
  });

  it.each(tasks)('%s is over after a bounded time', (_, _name, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
    expect(TimeoutSeconds).toBeLessThanOrEqual(30);
  });

  it.each(tasks)(
    '%s is repeated after every fault that may pass, and after nothing else',
    (_, _name, { Retry = [] }) => {
      expect(Retry.map(({ ErrorEquals }) => [...ErrorEquals].sort())).toEqual([[...transientNames].sort()]);
    },
  );

  it.each(tasks)('%s is repeated a few times, after longer and longer pauses', (_, _name, { Retry = [] }) => {
    for (const { MaxAttempts, BackoffRate, IntervalSeconds, MaxDelaySeconds, JitterStrategy } of Retry) {
      expect(MaxAttempts).toBeGreaterThanOrEqual(3);
      expect(MaxAttempts).toBeLessThanOrEqual(5);
      expect(BackoffRate).toBeGreaterThan(1);
      expect(MaxDelaySeconds).toBeGreaterThan(IntervalSeconds);
      expect(JitterStrategy).toBe('FULL');
    }
  });

  it.each(tasks.filter(([, name]) => name !== last))(
    '%s has somewhere to go whatever goes wrong',
    (_, _name, { Catch }) => {
      expect(Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      for (const { ErrorEquals } of Catch?.slice(0, -1) ?? []) expect(ErrorEquals).not.toContain('States.ALL');
    },
  );

  it.each(tasks)('%s keeps what the saga knew when it fails', (_, _name, { Catch = [] }) => {
    for (const { ResultPath } of Catch) expect(ResultPath).toMatch(/^\$\.(failure|undoFailure)$/);
  });

  it.each(tasks)('%s never replaces the state of the saga with its answer', (_, _name, { ResultPath }) => {
    expect(ResultPath === null || /^\$\.\w/.test(ResultPath ?? '')).toBe(true);
  });
});

/** The state's own undo, and everything before it, in the order in which it is taken back. */
const chain = ['CancelShipment', 'VoidPayment', 'ReleaseStock'];
const caughtBy = (saga: Definition, name: string) => saga.States[name]?.Catch?.map(({ Next }) => Next);

describe('the order saga', () => {
  const saga = definitionNamed('order-saga');

  it('takes four steps when all is well', () => {
    expect(happyPath(saga)).toEqual(['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder']);
  });

  it.each([
    ['ReserveStock', 'OUT_OF_STOCK', 'ReleaseStock'],
    ['AuthorizePayment', 'PAYMENT_DECLINED', 'VoidPayment'],
  ])('undoes, when %s refuses with %s, no more than there is', (step, code, undo) => {
    expect(saga.States[step]?.Catch?.[0]).toEqual({ ErrorEquals: [code], ResultPath: '$.failure', Next: undo });
  });

  it.each(['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder'])(
    'takes everything back after a fault of %s: it may have happened, and a second run may be further',
    (step) => {
      expect(saga.States[step]?.Catch?.at(-1)).toEqual({
        ErrorEquals: ['States.ALL'],
        ResultPath: '$.failure',
        Next: 'CancelShipment',
      });
    },
  );

  it('takes everything back in the order opposite to that in which it was done, and rejects', () => {
    expect(happyPath(saga, 'CancelShipment')).toEqual([...chain, 'RejectOrder']);
  });

  it.each([...chain, 'RejectOrder'])('parks the order when %s cannot be completed, and fails visibly', (undo) => {
    expect(caughtBy(saga, undo)).toEqual([last]);
    expect(saga.States[undo]?.Catch?.[0]?.ResultPath).toBe('$.undoFailure');
    expect(saga.States[saga.States[last]?.Next ?? '']?.Type).toBe('Fail');
  });

  it('puts each answer where the next steps look for it', () => {
    const answers = Object.fromEntries(tasksOf(saga).map(([name, { ResultPath }]) => [name, ResultPath]));
    expect(answers).toMatchObject({
      ReserveStock: '$.stock',
      AuthorizePayment: '$.payment',
      BookShipment: '$.shipments',
      CancelShipment: '$.undone.shipments',
      VoidPayment: '$.undone.payment',
      ReleaseStock: '$.undone.stock',
    });
    const known = Object.keys(orderSagaState.shape);
    for (const key of ['stock', 'payment', 'shipments', 'undone', 'failure', 'undoFailure'])
      expect(known).toContain(key);
  });

  it('is over before the hold on the stock is, however slow its steps are', () => {
    const [, ...afterHold] = happyPath(saga);
    const longest = afterHold.reduce((sum, name) => sum + longestSeconds(saga.States[name] as State), 0);
    expect(longest).toBeLessThan(readConfig('HOLD_SECONDS').HOLD_SECONDS);
  });
});

describe('the dispatch saga', () => {
  const saga = definitionNamed('dispatch-saga');

  it('takes the money before it books the stock out, and then says so', () => {
    expect(happyPath(saga)).toEqual(['CapturePayment', 'CommitStock', 'RecordDispatch']);
    expect(saga.States.CapturePayment?.ResultPath).toBe('$.capture');
    expect(Object.keys(dispatchSagaState.shape)).toContain('capture');
  });

  it.each(['CapturePayment', 'CommitStock', 'RecordDispatch'])(
    'holds the order when %s fails, and undoes nothing',
    (step) => {
      expect(caughtBy(saga, step)).toEqual([last]);
    },
  );

  it('ends well after a refused capture, which is an answer, and fails visibly after a fault', () => {
    const { Choices, Default } = saga.States[saga.States[last]?.Next ?? ''] as State;
    expect(Choices).toEqual([
      { Variable: '$.failure.Error', StringEquals: 'PAYMENT_CAPTURE_REFUSED', Next: expect.any(String) },
    ]);
    expect(saga.States[Choices?.[0]?.Next ?? '']?.Type).toBe('Succeed');
    expect(saga.States[Default ?? '']?.Type).toBe('Fail');
  });
});

describe('the cancellation saga', () => {
  const saga = definitionNamed('cancellation-saga');

  it('takes everything back and records it', () => {
    expect(happyPath(saga)).toEqual([...chain, 'RecordCancellation']);
  });

  it.each([...chain, 'RecordCancellation'])('parks the order when %s cannot be completed', (step) => {
    expect(caughtBy(saga, step)).toEqual([last]);
    expect(saga.States[step]?.Catch?.[0]?.ResultPath).toBe('$.undoFailure');
  });

  it('takes back with the same steps, in the same places, as the order saga', () => {
    for (const undo of chain) {
      const { Next: _a, ...here } = saga.States[undo] as State;
      const { Next: _b, ...there } = definitionNamed('order-saga').States[undo] as State;
      expect(here).toEqual(there);
    }
  });
});
