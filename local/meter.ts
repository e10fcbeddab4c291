import { readFileSync } from 'node:fs';

export interface FunctionUse {
  memoryMb: number;
  invocations: number;
  errors: number;
  coldStarts: number;
  /** Wall time of the handlers, each invocation rounded up to a whole millisecond, as Lambda bills. */
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

/** What was used since the last reset. CPU times are of the whole process (a test's own work too), in milliseconds. */
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

/** Clock ticks of /proc are 10 ms on every Linux that matters. */
const MS_PER_TICK = 10;

/** Counts what AWS would bill. */
export class Meter {
  readonly #storePid: number | undefined;
  #start = performance.now();
  #cpuAtStart = process.cpuUsage();
  #storeCpuAtStart: number;
  #functions = new Map<string, FunctionUse>();
  #tables = new Map<string, TableUse>();
  #stateMachines = new Map<string, StateMachineUse>();
  apiCalls = 0;
  events = 0;
  sqsRequests = 0;

  constructor(storePid: number | undefined) {
    this.#storePid = storePid;
    this.#storeCpuAtStart = cpuOf(storePid);
  }

  function(name: string): FunctionUse {
    return entry(this.#functions, name, () => ({
      memoryMb: 0,
      invocations: 0,
      errors: 0,
      coldStarts: 0,
      durationMs: 0,
      storeCalls: 0,
      readUnits: 0,
      writeUnits: 0,
    }));
  }

  table(name: string): TableUse {
    return entry(this.#tables, name, () => ({ calls: 0, readUnits: 0, writeUnits: 0 }));
  }

  stateMachine(name: string, type: string): StateMachineUse {
    return entry(this.#stateMachines, name, () => ({ type, executions: 0, transitions: 0, durationMs: 0 }));
  }

  read(): MeterReading {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    return {
      sinceMs: Math.round(performance.now() - this.#start),
      apiCalls: this.apiCalls,
      events: this.events,
      sqsRequests: this.sqsRequests,
      functions: copy(this.#functions),
      tables: copy(this.#tables),
      stateMachines: copy(this.#stateMachines),
      cpuMs: { runner: (user + system) / 1000, store: cpuOf(this.#storePid) - this.#storeCpuAtStart },
    };
  }

  reset(): void {
    this.#start = performance.now();
    this.#cpuAtStart = process.cpuUsage();
    this.#storeCpuAtStart = cpuOf(this.#storePid);
    this.#functions.clear();
    this.#tables.clear();
    this.#stateMachines.clear();
    this.apiCalls = 0;
    this.events = 0;
    this.sqsRequests = 0;
  }
}

function entry<Use>(uses: Map<string, Use>, name: string, create: () => Use): Use {
  let use = uses.get(name);
  if (!use) {
    use = create();
    uses.set(name, use);
  }
  return use;
}

function copy<Use extends object>(uses: Map<string, Use>): Record<string, Use> {
  return Object.fromEntries([...uses].map(([name, use]) => [name, { ...use }]));
}

/** CPU time of another process, in milliseconds; 0 where /proc does not tell. */
function cpuOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return 0;
  }
}
