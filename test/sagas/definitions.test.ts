import { describe, expect, test } from 'vitest';
import { sagaNames, statesOf } from './definitions.ts';

/** Names of faults that may pass in Lambda, Step Functions and the steps. No refusal and no defect has such a name. */
const passing = [
  'TransientFault',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
];

describe.each(sagaNames)('%s', (saga) => {
  const tasks = Object.entries(statesOf(saga)).filter(([, { Type }]) => Type === 'Task');

  test.each(tasks)('%s is retried for faults that may pass, and for no other error', (_, { Retry = [] }) => {
    expect(Retry.map(({ ErrorEquals }) => ErrorEquals)).toEqual([passing]);
    expect(Retry[0]?.MaxAttempts).toBeGreaterThanOrEqual(3);
  });

  test('every error of a step is caught, except in the last-resort state', () => {
    const uncaught = tasks.filter(([, { Catch = [] }]) => !Catch.at(-1)?.ErrorEquals.includes('States.ALL'));
    expect(new Set(uncaught.map(([name]) => name))).toEqual(new Set(tasks.map(([name]) => name).filter(isLastResort)));
  });
});

/** Putting an order on hold: what fails there fails the execution, and raises an alarm. */
function isLastResort(state: string): boolean {
  return state === 'HoldOrder';
}
