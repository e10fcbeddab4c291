import { join } from 'node:path';
import { Journal } from '../journal.ts';

/** Ended executions that are remembered with all they did; their names are remembered for ever. */
const REMEMBERED = 5_000;

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  /** JSON text. */
  readonly input: string;
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
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

/** All executions there are and, by name, all there were. Kept durably, so that a crash loses none that was accepted. */
export class ExecutionBook {
  readonly #journal: Journal<Entry>;
  readonly #executions = new Map<string, Execution>();
  readonly #used = new Set<string>();

  constructor(dataDir: string | undefined) {
    this.#journal = new Journal(dataDir && join(dataDir, 'executions.ndjson'), () => this.#living());
  }

  /** Reads the last run's book and answers the executions that had not ended. */
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

  /** Writes down that an execution was accepted. */
  open(execution: Execution): void {
    const { arn, name, stateMachineArn, input, startedAt } = execution;
    this.#used.add(arn);
    this.#executions.set(arn, execution);
    this.#journal.append({ op: 'started', arn, name, stateMachineArn, input, startedAt });
    if (this.#executions.size > REMEMBERED) this.#forgetOldest();
  }

  close(execution: Execution): void {
    this.#journal.append({ op: 'ended', arn: execution.arn });
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

  #forgetOldest(): void {
    for (const [arn, { status }] of this.#executions) {
      if (status === 'RUNNING') continue;
      this.#executions.delete(arn);
      return;
    }
  }

  *#living(): Iterable<Entry> {
    for (const arn of this.#used) yield { op: 'used', arn };
    for (const { arn, name, stateMachineArn, input, startedAt, status } of this.#executions.values()) {
      if (status === 'RUNNING') yield { op: 'started', arn, name, stateMachineArn, input, startedAt };
    }
  }
}
