import { join } from 'node:path';
import { Journal } from '../journal.ts';

/** Ended executions that are kept with all their data. Their names are kept without a limit. */
const MAX_KEPT = 5_000;

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  /** JSON text. */
  readonly input: string;
  /** Milliseconds of the Unix clock. */
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  endedAt?: number;
  /** JSON text. */
  output?: string;
  error?: string;
  cause?: string;
  /** States entered and retried, in order. */
  readonly states: string[];
}

type Entry =
  | { op: 'started'; arn: string; name: string; stateMachineArn: string; input: string; startedAt: number }
  | { op: 'ended'; arn: string }
  | { op: 'used'; arn: string };

/** All executions, and the names that were ever used. Accepted executions survive the end of this process. */
export class ExecutionStore {
  readonly #journal: Journal<Entry>;
  readonly #executions = new Map<string, Execution>();
  readonly #used = new Set<string>();

  /** @param dataDir where the journal is; undefined stores nothing */
  constructor(dataDir: string | undefined) {
    this.#journal = new Journal(dataDir && join(dataDir, 'executions.ndjson'), () => this.#remaining());
  }

  /** Reads what the last run wrote and answers the executions that had not ended. */
  restore(): Execution[] {
    const unfinished = new Map<string, Execution>();
    for (const { op, ...entry } of this.#journal.replay()) {
      this.#used.add(entry.arn);
      if (op === 'started') unfinished.set(entry.arn, { ...(entry as Execution), status: 'RUNNING', states: [] });
      else unfinished.delete(entry.arn);
    }
    for (const execution of unfinished.values()) this.#executions.set(execution.arn, execution);
    return [...unfinished.values()];
  }

  /** Records an accepted execution. Throws when it cannot be stored; then its name is not used. */
  add(execution: Execution): void {
    const { arn, name, stateMachineArn, input, startedAt } = execution;
    this.#journal.append({ op: 'started', arn, name, stateMachineArn, input, startedAt });
    this.#used.add(arn);
    this.#executions.set(arn, execution);
    if (this.#executions.size > MAX_KEPT) this.#dropOldest();
  }

  /** Records that an execution has ended. If that cannot be stored, the next start runs it again. */
  end(execution: Execution): void {
    this.#journal.note({ op: 'ended', arn: execution.arn });
  }

  wasUsed(arn: string): boolean {
    return this.#used.has(arn);
  }

  find(arn: string): Execution | undefined {
    return this.#executions.get(arn);
  }

  all(): Execution[] {
    return [...this.#executions.values()];
  }

  stop(): void {
    this.#journal.close();
  }

  #dropOldest(): void {
    const oldest = [...this.#executions.values()].find(({ status }) => status !== 'RUNNING');
    if (oldest) this.#executions.delete(oldest.arn);
  }

  *#remaining(): Iterable<Entry> {
    for (const arn of this.#used) yield { op: 'used', arn };
    for (const { arn, name, stateMachineArn, input, startedAt, status } of this.#executions.values()) {
      if (status === 'RUNNING') yield { op: 'started', arn, name, stateMachineArn, input, startedAt };
    }
  }
}
