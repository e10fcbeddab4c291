import { readFileSync } from 'node:fs';
import type { Units } from './dynamodb/capacity.ts';

export interface FunctionUse {
  memoryMb: number;
  invocations: number;
  errors: number;
  coldStarts: number;
  /** Wall time of the handlers, each invocation rounded up to a whole millisecond, as Lambda bills it. */
  durationMs: number;
  storeCalls: number;
  readUnits: number;
  writeUnits: number;
}

export interface TableUse {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

export interface StateMachineUse {
  type: string;
  executions: number;
  /** States entered and retried: what Step Functions bills for Standard. */
  transitions: number;
  durationMs: number;
}

/** Use since the last reset. CPU times are those of whole processes (a test's own work included), in milliseconds. */
export interface MeterReading {
  sinceMs: number;
  apiCalls: number;
  events: number;
  sqsRequests: number;
  functions: Record<string, FunctionUse>;
  tables: Record<string, TableUse>;
  stateMachines: Record<string, StateMachineUse>;
  cpuMs: { runner: number; store: number };
}

/** The name for store calls from outside the app. */
const OUTSIDE = '(outside)';

/** Linux counts CPU time in /proc in ticks of 10 ms. */
const MS_PER_TICK = 10;

const NO_FUNCTION_USE: FunctionUse = {
  memoryMb: 0,
  invocations: 0,
  errors: 0,
  coldStarts: 0,
  durationMs: 0,
  storeCalls: 0,
  readUnits: 0,
  writeUnits: 0,
};

/** Counts what AWS would bill. */
export class Meter {
  readonly #storePid: number | undefined;
  #start = performance.now();
  #cpuAtStart = process.cpuUsage();
  #storeCpuAtStart: number;
  #functions: Record<string, FunctionUse> = {};
  #tables: Record<string, TableUse> = {};
  #stateMachines: Record<string, StateMachineUse> = {};
  apiCalls = 0;
  events = 0;
  sqsRequests = 0;

  /** @param storePid the store's process; undefined when it runs elsewhere */
  constructor(storePid: number | undefined) {
    this.#storePid = storePid;
    this.#storeCpuAtStart = cpuOf(storePid);
  }

  function(name: string): FunctionUse {
    this.#functions[name] ??= { ...NO_FUNCTION_USE };
    return this.#functions[name];
  }

  stateMachine(name: string, type: string): StateMachineUse {
    this.#stateMachines[name] ??= { type, executions: 0, transitions: 0, durationMs: 0 };
    return this.#stateMachines[name];
  }

  /** @param caller the calling function, '' for a caller that is none */
  countStoreCall(caller: string, kind: 'read' | 'write', units: Units): void {
    const use = this.function(caller || OUTSIDE);
    const field = kind === 'write' ? 'writeUnits' : 'readUnits';
    use.storeCalls++;
    for (const [name, count] of units) {
      this.#tables[name] ??= { calls: 0, readUnits: 0, writeUnits: 0 };
      this.#tables[name].calls++;
      this.#tables[name][field] += count;
      use[field] += count;
    }
  }

  read(): MeterReading {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    const counted = { functions: this.#functions, tables: this.#tables, stateMachines: this.#stateMachines };
    return {
      sinceMs: Math.round(performance.now() - this.#start),
      apiCalls: this.apiCalls,
      events: this.events,
      sqsRequests: this.sqsRequests,
      ...structuredClone(counted),
      cpuMs: { runner: (user + system) / 1000, store: cpuOf(this.#storePid) - this.#storeCpuAtStart },
    };
  }

  reset(): void {
    this.#start = performance.now();
    this.#cpuAtStart = process.cpuUsage();
    this.#storeCpuAtStart = cpuOf(this.#storePid);
    this.#functions = {};
    this.#tables = {};
    this.#stateMachines = {};
    this.apiCalls = 0;
    this.events = 0;
    this.sqsRequests = 0;
  }
}

/** CPU time of another process in milliseconds; 0 where /proc is not available. */
function cpuOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return 0;
  }
}
