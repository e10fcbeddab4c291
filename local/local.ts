import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from './activity.ts';
import type { Sources } from './connect-sources.ts';
import { type Item, itemsWithPrefix } from './dynamodb/items-with-prefix.ts';
import type { StoreClient } from './dynamodb/store-client.ts';
import type { StoreFaults } from './dynamodb/store-faults.ts';
import type { Gateways } from './http/gateways.ts';
import type { TokenClaims, Tokens } from './http/tokens.ts';
import type { Invoke, InvokeFaults } from './lambda/invocation.ts';
import type { LambdaRuntime } from './lambda/lambda-runtime.ts';
import type { Meter, MeterReading } from './meter.ts';
import type { Queues } from './queues/queues.ts';
import type { SagaEngine } from './sagas/saga-engine.ts';
import type { App, FunctionModel } from './template/app.ts';

/** How long a clean stop waits for work under way. With a data directory the next start would finish that work. */
const STOP_GRACE_MS = 2_000;

export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly sentAt: string;
  /** Name of the queue that moved it here; absent for a message that was sent here directly. */
  readonly from?: string;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface ExecutionSummary {
  readonly stateMachine: string;
  readonly name: string;
  readonly status: string;
  /** States entered and retried, in order. */
  readonly states: readonly string[];
  readonly input: unknown;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
}

/** A running local system. */
export interface Local {
  /** Base URL of the API. */
  readonly url: string;
  /** Base URL of the sandbox gateways, where the app has them. */
  readonly sandboxUrl: string | undefined;
  /**
   * Endpoint of the AWS services that the app uses. Credentials that belong to none of its functions may do anything
   * there.
   */
  readonly awsUrl: string;
  readonly app: App;
  /** A bearer token that the API's authorizer accepts. */
  token(claims: TokenClaims): Promise<string>;
  meter(): MeterReading;
  resetMeter(): void;
  /** The records of the sandbox payment gateway: every payment as a plain item. */
  sandboxPayments(): Promise<Item[]>;
  /** The records of the sandbox carrier: every shipment as a plain item. */
  sandboxShipments(): Promise<Item[]>;
  deadLetters(): DeadLetter[];
  /** Executions in the order of their start: all, or those whose input contains a text. */
  executions(containing?: string): ExecutionSummary[];
  /**
   * Invokes a function by its construct id, entry point or Lambda name (`ReserveStock`, `reserve-stock`) and answers
   * its result. Rejects with an error of the same name and message as the handler's.
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Resolves when queues, streams, executions and functions are all idle. Ends batching windows early. */
  settled(): Promise<void>;
  /** Ends cleanly. */
  stop(): Promise<void>;
  /** Simulates a crash: environments and store are killed, and no work is completed. */
  kill(): Promise<void>;
  /** Ends the running executions whose input contains a text, as an execution is lost. */
  loseExecutions(text: string): void;
  /** Stops all execution environments for so many milliseconds, idle or not. */
  freeze(ms: number): void;
  readonly faults: StoreFaults;
  readonly invokeFaults: InvokeFaults;
}

export interface LocalParts {
  readonly app: App;
  readonly store: StoreClient;
  readonly meter: Meter;
  readonly activity: Activity;
  readonly queues: Queues;
  readonly engine: SagaEngine;
  readonly sources: Sources;
  readonly tokens: Tokens;
  readonly gateways: Gateways;
  readonly aws: string;
  readonly invoke: Invoke;
  readonly runtime: Pick<LambdaRuntime, 'freeze'>;
  readonly faults: StoreFaults;
  readonly invokeFaults: InvokeFaults;
  /** Ends everything at once, without completing work. */
  readonly crash: () => Promise<void>;
}

/** The interface of a running system. */
export function localHandle(parts: LocalParts): Local {
  const { app, store, meter, activity, queues, engine, sources, tokens, gateways, invoke, crash } = parts;
  const authorizer = app.apis.flatMap(({ routes }) => routes).find((route) => route.authorizer)?.authorizer;
  const sandboxItems = (prefix: string) => {
    const table = app.tables.find(({ name }) => name === 'Sandbox');
    return table ? itemsWithPrefix(store, table.name, prefix) : Promise.resolve([]);
  };
  return {
    url: gateways.url(),
    sandboxUrl: gateways.urlLike('Sandbox'),
    awsUrl: parts.aws,
    app,
    faults: parts.faults,
    invokeFaults: parts.invokeFaults,
    token: (claims) => {
      if (!authorizer) throw new Error('the app has no authorizer');
      return tokens.issue(claims, authorizer);
    },
    meter: () => meter.read(),
    resetMeter: () => meter.reset(),
    sandboxPayments: () => sandboxItems('payment#'),
    sandboxShipments: () => sandboxItems('shipment#'),
    deadLetters: () => deadLettersOf(queues),
    executions: (containing) => executionsOf(app, engine, containing),
    invoke: async (functionName, event) => {
      const result = await invoke(findFunction(app, functionName).arn, JSON.stringify(event ?? {}));
      if ('payload' in result) return JSON.parse(result.payload) as unknown;
      throw Object.assign(new Error(result.error.errorMessage), { name: result.error.errorType });
    },
    loseExecutions: (text) => engine.lose(({ input }) => input.includes(text)),
    freeze: (ms) => parts.runtime.freeze(ms),
    settled: () => activity.idle(sources.flush),
    stop: async () => {
      gateways.closeMain();
      await Promise.race([activity.idle(), sleep(STOP_GRACE_MS)]);
      await crash();
    },
    kill: crash,
  };
}

function findFunction({ functions }: App, wanted: string): FunctionModel {
  const pascal = wanted.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  const found = functions.find(({ name, functionName }) => [wanted, pascal].includes(name) || functionName === wanted);
  if (!found) throw new Error(`no function ${wanted}; there are ${functions.map(({ name }) => name).join(', ')}`);
  return found;
}

function deadLettersOf(queues: Queues): DeadLetter[] {
  return queues.deadLetterQueues.flatMap(({ name, messages }) =>
    [...messages].map(({ id, body, sentAt, source }) => ({
      queue: name,
      messageId: id,
      sentAt: new Date(sentAt).toISOString(),
      ...(source !== undefined && { from: source.slice(source.lastIndexOf(':') + 1) }),
      body: parsed(body),
    })),
  );
}

function executionsOf({ stateMachines }: App, { executions }: SagaEngine, containing = ''): ExecutionSummary[] {
  const names = new Map(stateMachines.map(({ arn, name }) => [arn, name]));
  const named = executions.all().filter(({ input }) => input.includes(containing));
  return named.map((execution) => ({
    stateMachine: names.get(execution.stateMachineArn) ?? execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    states: execution.states,
    input: parsed(execution.input),
    output: execution.output === undefined ? undefined : parsed(execution.output),
    error: execution.error,
    cause: execution.cause,
    startedAt: new Date(execution.startedAt).toISOString(),
    endedAt: execution.endedAt === undefined ? undefined : new Date(execution.endedAt).toISOString(),
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
