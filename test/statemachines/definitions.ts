import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: string;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: string;
    readonly Next: string;
  }[];
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Next?: string;
  readonly End?: boolean;
}

export interface Definition {
  readonly name: string;
  readonly text: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const folder = join(import.meta.dirname, '../../statemachines');

/** The definition of every state machine, from the file that is deployed. */
export const definitions: readonly Definition[] = readdirSync(folder)
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return { name: file.replace('.asl.json', ''), text, ...JSON.parse(text) };
  });

export function definitionNamed(name: string): Definition {
  const found = definitions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no state machine ${name}`);
  return found;
}

/** The states that a saga passes when every step succeeds, beginning with `from`. */
export function happyPath({ States, StartAt }: Definition, from = StartAt): string[] {
  const next = States[from]?.Next;
  return next === undefined ? [from] : [from, ...happyPath({ States, StartAt } as Definition, next)];
}

/** The longest pauses of a retrier in seconds, all together. */
export function longestPauseSeconds(retrier: Retrier | undefined): number {
  if (retrier === undefined) return 0;
  const { MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds } = retrier;
  let seconds = 0;
  for (let attempt = 0; attempt < MaxAttempts; attempt++) {
    seconds += Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt);
  }
  return seconds;
}

/**
 * The longest time of a task in seconds, with all its retries and the pauses between them. An attempt after an overload
 * adds its pause alone: Lambda refuses at once, and a throttled table answers.
 */
export function longestSeconds({ TimeoutSeconds = 0, Retry = [] }: State): number {
  const [transient, overload] = Retry;
  const attempts = 1 + (transient?.MaxAttempts ?? 0);
  return attempts * TimeoutSeconds + longestPauseSeconds(transient) + longestPauseSeconds(overload);
}
