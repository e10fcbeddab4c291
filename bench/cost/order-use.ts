import type { MeterReading } from './meter-reading.ts';

/** What one order uses on average, in the units that AWS bills. */
export interface OrderUse {
  readonly apiCalls: number;
  readonly invocations: number;
  /** Seconds of the functions, each times its memory in GB. */
  readonly lambdaGbSeconds: number;
  readonly executions: number;
  /** States entered, retries included. */
  readonly transitions: number;
  /** Wall time of the state machines, billed for Express ones. */
  readonly executionSeconds: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly events: number;
  readonly sqsRequests: number;
  /** Written by the functions. */
  readonly logBytes: number;
}

/** Use of one function, per order. */
export interface FunctionShare {
  readonly name: string;
  readonly invocations: number;
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly storeCalls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

export interface TableShare {
  readonly name: string;
  readonly calls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

export interface OrderCost {
  readonly use: OrderUse;
  readonly functions: readonly FunctionShare[];
  readonly tables: readonly TableShare[];
  /** The sandbox gateways, which only a dev stage has; not part of `use`. */
  readonly sandbox: { readonly functions: readonly FunctionShare[]; readonly tables: readonly TableShare[] };
}

const sandboxFunction = /^(answer-stripe|answer-easypost|show-label)$/;
const sandboxTable = 'Sandbox';
const mbPerGb = 1024;

/**
 * Divides a meter reading by the orders that were placed since its reset. The sandbox and its API calls are separated.
 */
export function costPerOrder(reading: MeterReading, orders: number, logBytes: number): OrderCost {
  const functions = Object.entries(reading.functions)
    .filter(([, use]) => use.invocations > 0 || use.storeCalls > 0)
    .map(([name, use]) => ({
      name: kebabCase(name),
      invocations: use.invocations / orders,
      durationMs: use.durationMs / orders,
      memoryMb: use.memoryMb,
      storeCalls: use.storeCalls / orders,
      writeUnits: use.writeUnits / orders,
      readUnits: use.readUnits / orders,
    }))
    .sort((a, b) => b.writeUnits - a.writeUnits || b.invocations - a.invocations);
  const tables = Object.entries(reading.tables)
    .map(([name, { calls, writeUnits, readUnits }]) => ({
      name,
      calls: calls / orders,
      writeUnits: writeUnits / orders,
      readUnits: readUnits / orders,
    }))
    .sort((a, b) => b.writeUnits - a.writeUnits);
  const own = functions.filter(({ name }) => !sandboxFunction.test(name));
  const ownTables = tables.filter(({ name }) => name !== sandboxTable);
  const sandbox = {
    functions: functions.filter(({ name }) => sandboxFunction.test(name)),
    tables: tables.filter(({ name }) => name === sandboxTable),
  };
  const machines = Object.values(reading.stateMachines);
  const executions = sum(machines, (use) => use.executions) / orders;
  const use: OrderUse = {
    apiCalls: reading.apiCalls / orders - sum(sandbox.functions, (each) => each.invocations),
    invocations: sum(own, (each) => each.invocations),
    lambdaGbSeconds: sum(own, (each) => ((each.durationMs / 1000) * each.memoryMb) / mbPerGb),
    executions,
    transitions: sum(machines, (each) => each.transitions) / orders,
    executionSeconds: sum(machines, (each) => each.durationMs) / 1000 / orders,
    writeUnits: sum(ownTables, (each) => each.writeUnits),
    readUnits: sum(ownTables, (each) => each.readUnits),
    events: reading.events / orders,
    sqsRequests: reading.sqsRequests / orders,
    logBytes: logBytes / orders,
  };
  return { use, functions: own, tables: ownTables, sandbox };
}

/**
 * AWS documents a transition for each executed step. This is the use if the start and the end of an execution count as
 * transitions too.
 */
export function withStartAndEnd(use: OrderUse): OrderUse {
  return { ...use, transitions: use.transitions + 2 * use.executions };
}

/** Assumed milliseconds of a call within AWS, which cannot be measured locally. */
export const assumedMs = {
  /** The handler's own work, with a quarter of a processor. */
  handler: 3,
  /** One DynamoDB call from Lambda in the same region. */
  storeCall: 6,
  /** PutEvents, StartExecution. */
  serviceCall: 20,
  /** Creating and confirming an intent at the payment gateway. */
  payment: 800,
  /** Rating a parcel and buying its label at the carrier gateway. */
  booking: 1_500,
} as const;

const otherCallMs: Readonly<Record<string, number>> = {
  'authorize-payment': assumedMs.payment,
  'capture-payment': assumedMs.payment,
  'book-shipment': assumedMs.booking,
  'publish-events': assumedMs.serviceCall,
  'start-order-saga': assumedMs.serviceCall,
  'start-dispatch-saga': assumedMs.serviceCall,
};

/** The same use with estimated durations: measured numbers of calls times assumed durations of a call. */
export function withAssumedDurations(cost: OrderCost): OrderUse {
  const durations = cost.functions.map((share) => ({
    share,
    seconds:
      (share.invocations * (assumedMs.handler + (otherCallMs[share.name] ?? 0)) +
        share.storeCalls * assumedMs.storeCall) /
      1000,
  }));
  const steps = durations.filter(({ share }) => sagaSteps.has(share.name));
  return {
    ...cost.use,
    lambdaGbSeconds: sum(durations, ({ share, seconds }) => (seconds * share.memoryMb) / mbPerGb),
    executionSeconds: sum(steps, ({ seconds }) => seconds),
  };
}

const sagaSteps = new Set([
  'reserve-stock',
  'authorize-payment',
  'book-shipment',
  'confirm-order',
  'capture-payment',
  'commit-stock',
  'record-dispatch',
]);

/** `PlaceOrder`, the runner's name of the function, becomes `place-order`. */
function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
