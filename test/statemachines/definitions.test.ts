import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dispatchSagaState, orderSagaState } from '../../functions/fulfillment/domain/saga-state.ts';
import { readConfig } from '../../functions/shared/config.ts';
import { sagas as tables } from '../../statemachines/index.ts';
import {
  type Definition,
  definitionNamed,
  definitions,
  happyPath,
  longestPauseSeconds,
  longestSeconds,
  type State,
} from './definitions.ts';

/** The package has no type declarations. */
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

/** Errors after which a retry may succeed. Refusals and bugs have other names. */
const transientNames = [
  'TransientFault',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
];

/** Errors for lack of capacity, which are retried for minutes and decide nothing. */
const overloadNames = ['OverloadFault', 'Lambda.TooManyRequestsException'];

const kebab = (name: string) => name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();
/** The last resort: its failure is not caught, fails the execution and raises an alarm. */
const last = 'HoldOrder';

describe('the state machines', () => {
  it('are the order, the dispatch and the cancellation saga', () => {
    expect(definitions.map(({ name }) => name).sort()).toEqual(['cancellation-saga', 'dispatch-saga', 'order-saga']);
  });

  it.each(Object.entries(tables))('%s is what its table generates: `npm run asl` writes it', (name, generated) => {
    expect(JSON.parse(definitionNamed(name).text)).toEqual(generated);
  });

  it('have one table each', () => {
    expect(Object.keys(tables).sort()).toEqual(definitions.map(({ name }) => name).sort());
  });

  it.each(sagas)('%s is valid', (_, { text }) => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:x';
    const { isValid, errorsText } = validate(JSON.parse(text.replace(/\$\{\w+\}/g, arn)), {});
    expect([isValid, errorsText()]).toEqual([true, '']);
  });

  it('are invalid with a wrong Next or a wrong path', () => {
    const { text } = definitionNamed('order-saga');
    const broken = [text.replace('"Next": "BookShipment"', '"Next": "Nowhere"'), text.replace('"$.stock"', '"stock["')];
    for (const each of broken) {
      expect(validate(JSON.parse(each), { checkArn: false }).isValid).toBe(false);
    }
  });

  it.each(sagas)('%s uses JSONPath and no feature that the local engine ignores', (_, { text }) => {
    expect(text).not.toMatch(/"QueryLanguage"|"Assign"|"Arguments"|"Output"\s*:|\{%|waitForTaskToken|"\$\$\./);
  });

  it.each(sagas)('%s has tasks only on its happy path, and one failing end', (_, saga) => {
    expect(happyPath(saga).map((name) => saga.States[name]?.Type)).toEqual(happyPath(saga).map(() => 'Task'));
    const types = Object.values(saga.States).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'Fail')).toHaveLength(1);
    for (const type of types) expect(['Task', 'Choice', 'Succeed', 'Fail']).toContain(type);
  });

  it.each(sagas)('%s has a default in every choice', (_, { States }) => {
    for (const { Type, Default } of Object.values(States)) if (Type === 'Choice') expect(Default).toBeDefined();
  });

  it.each(sagas)('%s has a comment that says what it does', (_, { text }) => {
    expect(JSON.parse(text).Comment).toMatch(/\.$/);
  });
});

describe('every task', () => {
  it.each(tasks)('%s runs the function of its name', (_, name, { Resource }) => {
    expect(Resource).toBe(`\${${name}Arn}`);
    const homes = capabilities.filter((each) => existsSync(join(functionsFolder, each, `${kebab(name)}.ts`)));
    expect(homes).toHaveLength(1);
  });

  it.each(tasks)('%s has a timeout of at most 30 seconds', (_, _name, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
    expect(TimeoutSeconds).toBeLessThanOrEqual(30);
  });

  it.each(tasks)('%s is retried after every transient error, and after no other', (_, _name, { Retry = [] }) => {
    expect(Retry.map(({ ErrorEquals }) => ErrorEquals)).toEqual([transientNames, overloadNames]);
  });

  it.each(tasks)('%s is retried three to five times, after growing pauses', (_, _name, { Retry = [] }) => {
    expect(Retry[0]?.MaxAttempts).toBeGreaterThanOrEqual(3);
    expect(Retry[0]?.MaxAttempts).toBeLessThanOrEqual(5);
    for (const { BackoffRate, IntervalSeconds, MaxDelaySeconds, JitterStrategy } of Retry) {
      expect(BackoffRate).toBeGreaterThan(1);
      expect(MaxDelaySeconds).toBeGreaterThan(IntervalSeconds);
      expect(JitterStrategy).toBe('FULL');
    }
  });

  it.each(tasks)(
    '%s outlasts an overload of a minute, and ends within the five minutes of Express',
    (_, _name, state) => {
      const pauses = longestPauseSeconds(state.Retry?.[1]);
      // A pause is random, on average half of the longest.
      expect(pauses / 2).toBeGreaterThan(60);
      expect(pauses).toBeLessThan(300 - 60);
    },
  );

  it.each(tasks.filter(([, name]) => name !== last))(
    '%s ends without a decision after an overload',
    (_, _name, { Catch }) => {
      const [saga] = definitions.filter(({ States }) => Object.values(States).some((each) => each.Catch === Catch));
      const caught = Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('OverloadFault'));
      expect(caught).toMatchObject({ ErrorEquals: overloadNames, Next: 'Postponed' });
      expect(saga?.States.Postponed).toEqual({ Type: 'Succeed' });
    },
  );

  it.each(tasks.filter(([, name]) => name !== last))('%s catches every error', (_, _name, { Catch }) => {
    expect(Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    for (const { ErrorEquals } of Catch?.slice(0, -1) ?? []) expect(ErrorEquals).not.toContain('States.ALL');
  });

  it.each(sagas)('%s leaves no error uncaught but those of its last resort', (_, saga) => {
    const uncaught = tasksOf(saga).filter(([, { Catch = [] }]) => !Catch.at(-1)?.ErrorEquals.includes('States.ALL'));
    expect(uncaught.map(([name]) => name)).toEqual(
      tasksOf(saga)
        .map(([name]) => name)
        .filter((name) => name === last),
    );
  });

  it.each(tasks)('%s keeps the state of the saga when it fails', (_, _name, { Catch = [] }) => {
    for (const { ResultPath } of Catch) expect(ResultPath).toMatch(/^\$\.(failure|undoFailure)$/);
  });

  it.each(tasks)('%s does not replace the state of the saga by its answer', (_, _name, { ResultPath }) => {
    expect(ResultPath === null || /^\$\.\w/.test(ResultPath ?? '')).toBe(true);
  });
});

/** The undo steps, in the order in which they run. */
const chain = ['CancelShipment', 'VoidPayment', 'ReleaseStock'];
/** The states after an error that is not an overload. */
const caughtBy = (saga: Definition, name: string) =>
  saga.States[name]?.Catch?.map(({ Next }) => Next).filter((next) => next !== 'Postponed');

describe('the order saga', () => {
  const saga = definitionNamed('order-saga');

  it('has four steps on its happy path', () => {
    expect(happyPath(saga)).toEqual(['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder']);
  });

  it.each([
    ['ReserveStock', 'OUT_OF_STOCK', 'ReleaseStock'],
    ['AuthorizePayment', 'PAYMENT_DECLINED', 'VoidPayment'],
  ])('after %s refused with %s, begins with the undo of that step', (step, code, undo) => {
    expect(saga.States[step]?.Catch?.[0]).toEqual({ ErrorEquals: [code], ResultPath: '$.failure', Next: undo });
  });

  it.each(['ReserveStock', 'AuthorizePayment', 'BookShipment', 'ConfirmOrder'])(
    'undoes all steps after a fault of %s, which may have acted, as may a second run of the saga',
    (step) => {
      expect(saga.States[step]?.Catch?.at(-1)).toEqual({
        ErrorEquals: ['States.ALL'],
        ResultPath: '$.failure',
        Next: 'CancelShipment',
      });
    },
  );

  it('undoes the steps in reverse order, and rejects the order', () => {
    expect(happyPath(saga, 'CancelShipment')).toEqual([...chain, 'RejectOrder']);
  });

  it.each([...chain, 'RejectOrder'])('holds the order when %s cannot be completed, and fails', (undo) => {
    expect(caughtBy(saga, undo)).toEqual([last]);
    expect(saga.States[undo]?.Catch?.at(-1)?.ResultPath).toBe('$.undoFailure');
    expect(saga.States[saga.States[last]?.Next ?? '']?.Type).toBe('Fail');
  });

  it('stores each answer in the field that the next steps read', () => {
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

  it('ends before its hold on the stock expires, even when every step takes its longest time', () => {
    const [, ...afterHold] = happyPath(saga);
    const longest = afterHold.reduce((sum, name) => sum + longestSeconds(saga.States[name] as State), 0);
    expect(longest).toBeLessThan(readConfig('HOLD_SECONDS').HOLD_SECONDS);
  });
});

describe('the dispatch saga', () => {
  const saga = definitionNamed('dispatch-saga');

  it('captures the payment, then books the stock out, then records the dispatch', () => {
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

  it('succeeds after a refused capture, and fails after a fault', () => {
    const { Choices, Default } = saga.States[saga.States[last]?.Next ?? ''] as State;
    expect(Choices).toEqual(
      ['PAYMENT_CAPTURE_REFUSED', 'AUTHORIZATION_EXPIRED'].map((code) => {
        return { Variable: '$.failure.Error', StringEquals: code, Next: expect.any(String) };
      }),
    );
    for (const { Next } of Choices ?? []) expect(saga.States[Next ?? '']?.Type).toBe('Succeed');
    expect(saga.States[Default ?? '']?.Type).toBe('Fail');
  });
});

describe('the cancellation saga', () => {
  const saga = definitionNamed('cancellation-saga');

  it('undoes all steps and records the cancellation', () => {
    expect(happyPath(saga)).toEqual([...chain, 'RecordCancellation']);
  });

  it.each([...chain, 'RecordCancellation'])('holds the order when %s cannot be completed', (step) => {
    expect(caughtBy(saga, step)).toEqual([last]);
    expect(saga.States[step]?.Catch?.at(-1)?.ResultPath).toBe('$.undoFailure');
  });

  it('has the same undo steps as the order saga', () => {
    for (const undo of chain) {
      const { Next: _a, ...here } = saga.States[undo] as State;
      const { Next: _b, ...there } = definitionNamed('order-saga').States[undo] as State;
      expect(here).toEqual(there);
    }
  });
});
