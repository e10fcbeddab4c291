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

/** Every state machine of the repository, as it is deployed. */
export const definitions: readonly Definition[] = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  return { name: file.replace('.asl.json', ''), text, ...JSON.parse(text) };
});

export function definitionNamed(name: string): Definition {
  const found = definitions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no state machine ${name}`);
  return found;
}

/** The states that a saga passes when every step succeeds, from this one on. */
export function happyPath({ States, StartAt }: Definition, from = StartAt): string[] {
  const next = States[from]?.Next;
  return next === undefined ? [from] : [from, ...happyPath({ States, StartAt } as Definition, next)];
}

/** Seconds that a task may take at most, its repetitions and the pauses between them included. */
export function longestSeconds({ TimeoutSeconds = 0, Retry = [] }: State): number {
  let seconds = TimeoutSeconds;
  for (const { MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds } of Retry) {
    for (let attempt = 0; attempt < MaxAttempts; attempt++) {
      seconds += TimeoutSeconds + Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt);
    }
  }
  return seconds;
}
