import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Activity } from './activity.ts';
import { authorizer } from './authorization.ts';
import { authenticator } from './aws/authenticate.ts';
import { AwsEndpoint } from './aws/aws-endpoint.ts';
import { connectSources } from './connect-sources.ts';
import { LOCK_FILES, lockDataDir } from './data-lock.ts';
import { DynamoEndpoint } from './dynamodb/dynamo-endpoint.ts';
import { externalStore } from './dynamodb/external-store.ts';
import { StoreClient } from './dynamodb/store-client.ts';
import { storeFaults } from './dynamodb/store-faults.ts';
import { type Store, startStore } from './dynamodb/store-process.ts';
import { streamOperations } from './dynamodb/stream-operations.ts';
import { createTables } from './dynamodb/tables.ts';
import { controlRoutes } from './http/control-routes.ts';
import { openGateways } from './http/gateways.ts';
import { Tokens } from './http/tokens.ts';
import { type Invoke, invokeFaults, platformError } from './lambda/invocation.ts';
import { lambdaOperations } from './lambda/lambda-operations.ts';
import { LambdaRuntime, type LambdaRuntimeOptions } from './lambda/lambda-runtime.ts';
import { variablesOf } from './lambda/variables.ts';
import { type Local, localHandle } from './local.ts';
import { Meter } from './meter.ts';
import type { LocalOptions } from './options.ts';
import { Queues } from './queues/queues.ts';
import { sqsOperations } from './queues/sqs-operations.ts';
import { regionFor } from './region.ts';
import { SagaEngine } from './sagas/saga-engine.ts';
import { sfnOperations } from './sagas/sfn-operations.ts';
import { Secrets } from './secrets/secrets.ts';
import { ROOT, synthesize } from './synth.ts';
import type { App } from './template/app.ts';
import { loadAssembly } from './template/assembly.ts';
import { readApp } from './template/read-app.ts';
import { Resolver } from './template/resolve.ts';

/** Starts the whole app on this machine: synthesized if its sources have changed, else from the cache. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const loadingInterpreter = import('aws-local-stepfunctions');
  const assemblyDir = options.assembly ?? (await synthesize({ stage: 'dev', ...options.context }));
  const external = externalStore();
  if (options.fresh && external) {
    throw new Error(`--fresh does not empty the store at ${external}, which runs elsewhere: name an empty one`);
  }
  const { dataDir, unlock } = await openDataDir(options);
  const storeProcess = await startStore(dataDir, options.storeLost).catch((error) => {
    unlock();
    throw error;
  });
  const kill = () => storeProcess.kill().then(unlock);
  let end = kill;
  try {
    const system = await assemble(options, assemblyDir, dataDir, storeProcess, await loadingInterpreter);
    end = () => system.end(kill);
    const local = localHandle({ ...system, crash: end });
    let isReady = false;
    system.gateways.open(
      system.app.apis,
      controlRoutes(local, () => isReady),
    );
    await options.prepare?.(local.url);
    isReady = true;
    return local;
  } catch (error) {
    await end();
    throw error;
  }
}

/** Creates the parts, connects them, and starts schedules, queues and streams. */
async function assemble(
  options: LocalOptions,
  assemblyDir: string,
  dataDir: string | undefined,
  storeProcess: Store,
  interpreter: typeof import('aws-local-stepfunctions'),
) {
  const activity = new Activity();
  const meter = new Meter(storeProcess.pid);
  const store = new StoreClient(storeProcess.endpoint);
  const secrets = new Secrets(dataDir);
  const tokens = await Tokens.open(dataDir);
  const faults = storeFaults();
  const invocationFaults = invokeFaults();
  faults.add(...(options.faults ?? []));
  invocationFaults.add(...(options.invokeFaults ?? []));

  // Servers listen first, because the app's own configuration contains their addresses. Functions start last.
  const late: { invoke: Invoke } = {
    invoke: async () => platformError('Lambda.ServiceException', 'the runner is still starting'),
  };
  const invoke: Invoke = (arn, event) => late.invoke(arn, event);
  const endpoint = new AwsEndpoint();
  const aws = await endpoint.listen();
  const assembly = loadAssembly(assemblyDir);
  const gateways = await openGateways(assembly, options, { tokens, invoke, meter });
  const region = regionFor(options.region, dataDir);
  const endpoints = { region, aws, api: ({ name }: { name: string }) => gateways.url(name) };
  const app = readApp(assembly, new Resolver(assembly, endpoints, (id) => secrets.value(id).value));

  secrets.open(app.secrets);
  const streams = await createTables(store, app.tables);
  const queues = new Queues(app.queues, dataDir, activity);
  const shared = { invoke, meter, activity, dataDir, retryScale: options.retryScale ?? 1 };
  const engine = new SagaEngine({ models: app.stateMachines, ...shared }, interpreter);
  const sources = connectSources({ app, queues, engine, store, streams, ...shared });
  const runtime = createRuntime(app, aws, options, { meter, activity, faults: invocationFaults });
  late.invoke = (arn, event) => runtime.invoke(arn, event);

  const authorize = authorizer(app.functions, options.grantUsed);
  endpoint.open({
    authenticate: authenticator(app.functions, region),
    dynamo: new DynamoEndpoint({ region, store, faults, authorize, meter, app, written: sources.written }),
    others: {
      AWSEvents: sources.bus.operations(app.buses, authorize),
      AWSStepFunctions: sfnOperations(engine, authorize),
      AmazonSQS: sqsOperations(region, queues, meter, authorize),
      secretsmanager: secrets.operations(authorize),
      DynamoDBStreams_20120810: streamOperations(store, streams),
    },
    rest: lambdaOperations(app, invoke),
  });
  queues.restore();
  engine.resume();
  sources.start(options.schedules ?? true);

  const end = async (killStore: () => Promise<void>) => {
    gateways.close();
    sources.stop();
    engine.stop();
    runtime.stop();
    queues.stop();
    endpoint.close();
    await killStore();
    store.close();
  };
  const parts = { app, store, meter, activity, queues, engine, sources, tokens, gateways, aws, invoke, runtime };
  return { ...parts, faults, invokeFaults: invocationFaults, end };
}

function createRuntime(
  app: App,
  aws: string,
  { logLevel = 'ERROR', environment, concurrency, clockAheadMs = 0 }: LocalOptions,
  parts: Omit<LambdaRuntimeOptions, 'print' | 'variables' | 'concurrency' | 'clockAheadMs'>,
): LambdaRuntime {
  const isSilent = logLevel === 'SILENT';
  const overrides = { POWERTOOLS_LOG_LEVEL: isSilent ? 'CRITICAL' : logLevel, ...environment };
  return new LambdaRuntime(app.functions, {
    ...parts,
    clockAheadMs,
    concurrency: concurrency ?? { most: Number.POSITIVE_INFINITY },
    print: (text) => void (isSilent || process.stdout.write(text)),
    variables: (model) => variablesOf(model, aws, overrides),
  });
}

interface DataDir {
  /** Undefined stores nothing. */
  readonly dataDir: string | undefined;
  readonly unlock: () => void;
}

async function openDataDir({ memory, dataDir, fresh }: LocalOptions): Promise<DataDir> {
  if (memory ?? dataDir === undefined) return { dataDir: undefined, unlock: () => undefined };
  const dir = dataDir ?? join(ROOT, '.holdfast', 'data');
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const unlock = await lockDataDir(dir);
  if (fresh) empty(dir);
  return { dataDir: dir, unlock };
}

function empty(dir: string): void {
  for (const name of readdirSync(dir)) if (!LOCK_FILES.includes(name)) rmSync(join(dir, name), { recursive: true });
}
