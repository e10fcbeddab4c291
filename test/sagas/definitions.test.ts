import { describe, expect, test } from 'vitest';
import { sagaNames, statesOf } from './definitions.ts';

/** What Lambda, Step Functions and our own steps call a fault that may pass. No refusal and no bug has such a name. */
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

  test.each(tasks)('%s is tried again for faults that may pass, and for nothing else', (_, { Retry = [] }) => {
    expect(Retry.map(({ ErrorEquals }) => ErrorEquals)).toEqual([passing]);
    expect(Retry[0]?.MaxAttempts).toBeGreaterThanOrEqual(3);
  });

  test('whatever a step fails with is caught, but for the last resort', () => {
    const uncaught = tasks.filter(([, { Catch = [] }]) => !Catch.at(-1)?.ErrorEquals.includes('States.ALL'));
    expect(new Set(uncaught.map(([name]) => name))).toEqual(new Set(tasks.map(([name]) => name).filter(isLastResort)));
  });
});

/** Putting an order on hold: what fails there fails the execution, and raises an alarm. */
function isLastResort(state: string): boolean {
  return state === 'HoldOrder';
}
