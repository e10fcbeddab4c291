/** The subset of the Amazon States Language (JSONPath) that the sagas use. */
export interface Definition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State = Task | Choice | Succeed | Fail;

export interface Task {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly TimeoutSeconds: number;
  /** Where the result goes in the execution's state; null drops the result. */
  readonly ResultPath: string | null;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Next?: string;
  readonly End?: true;
}

/** `MaxAttempts` counts retries, not the first attempt. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string;
  readonly Next: string;
}

export interface Choice {
  readonly Comment?: string;
  readonly Type: 'Choice';
  readonly Choices: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
  readonly Default: string;
}

export interface Succeed {
  readonly Type: 'Succeed';
}

export interface Fail {
  readonly Type: 'Fail';
  readonly Error: string;
  readonly Cause: string;
}
