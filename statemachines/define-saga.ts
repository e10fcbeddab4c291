import { overloadErrors, overloadRetries } from './retry-policies.ts';
import type { Catcher, Definition, Retrier, State, Task } from './states-language.ts';

/** A saga as a table: its states by name, each with the states that follow it. `Name` is the union of the names. */
export interface SagaTable<Name extends string> {
  /** What the saga does; one sentence or two. */
  readonly comment: string;
  readonly startAt: NoInfer<Name>;
  readonly states: Readonly<Record<Name, Row<NoInfer<Name>>>>;
}

export type Row<Name extends string> = Step<Name> | Choice<Name> | { readonly kind: 'succeed' } | Failure;

/** Runs the function of the state's name: `ReserveStock` runs `reserve-stock`. */
export interface Step<Name extends string> {
  readonly kind: 'step';
  /** Where the step's answer goes, such as `$.stock`; null drops it. */
  readonly answer: `$.${string}` | null;
  readonly retry: Retrier;
  /** What follows a failure that is not retried any more; without it the execution fails. */
  readonly onFailure?: OnFailure<Name>;
  /** The state after success; without it the execution ends. */
  readonly next?: Name;
}

export interface OnFailure<Name extends string> {
  /** Where the error's name and cause go, such as `$.failure`. */
  readonly failure: `$.${string}`;
  /** The next state by refusal code. */
  readonly refusals?: Readonly<Record<string, Name>>;
  /** The next state after every other error. */
  readonly otherwise: Name;
  /** The next state after an overload that outlasts its retries. It ends the execution and decides nothing. */
  readonly overload: Name;
}

/** Compares one field of the execution's state with texts. */
export interface Choice<Name extends string> {
  readonly kind: 'choice';
  readonly comment: string;
  readonly variable: `$.${string}`;
  readonly cases: Readonly<Record<string, Name>>;
  readonly otherwise: Name;
}

/** Fails the execution, which raises an alarm. */
export interface Failure {
  readonly kind: 'fail';
  readonly error: string;
  readonly cause: string;
}

/** Longer than the longest timeout of a step's function (25 s, for those that call a gateway), so that an attempt has ended before it is repeated. */
const stepTimeoutSeconds = 30;

/** Generates the definition of a saga. A reference to a state that the table does not have is a type error. */
export function defineSaga<const Name extends string>({ comment, startAt, states }: SagaTable<Name>): Definition {
  return {
    Comment: comment,
    StartAt: startAt,
    States: Object.fromEntries(
      Object.entries<Row<Name>>(states).map(([name, row]): [string, State] => [name, stateOf(name, row)]),
    ),
  };
}

function stateOf(name: string, row: Row<string>): State {
  switch (row.kind) {
    case 'step':
      return taskOf(name, row);
    case 'choice': {
      const { comment, variable, cases, otherwise } = row;
      const choices = Object.entries(cases).map(([text, next]) => ({
        Variable: variable,
        StringEquals: text,
        Next: next,
      }));
      return { Comment: comment, Type: 'Choice', Choices: choices, Default: otherwise };
    }
    case 'succeed':
      return { Type: 'Succeed' };
    case 'fail':
      return { Type: 'Fail', Error: row.error, Cause: row.cause };
  }
}

function taskOf(name: string, { answer, retry, onFailure, next }: Step<string>): Task {
  return {
    Type: 'Task',
    Resource: `\${${name}Arn}`,
    TimeoutSeconds: stepTimeoutSeconds,
    ResultPath: answer,
    Retry: [retry, overloadRetries],
    ...(onFailure === undefined ? {} : { Catch: catchersOf(onFailure) }),
    ...(next === undefined ? { End: true } : { Next: next }),
  };
}

/** The first catcher that matches applies, so the one for every other error is last. */
function catchersOf({ failure, refusals = {}, overload, otherwise }: OnFailure<string>): Catcher[] {
  const refused = Object.entries(refusals).map(([code, next]) => [[code], next] as const);
  return [...refused, [overloadErrors, overload] as const, [['States.ALL'], otherwise] as const].map(
    ([errors, next]) => ({
      ErrorEquals: errors,
      ResultPath: failure,
      Next: next,
    }),
  );
}
