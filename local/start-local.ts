import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Activity } from './activity.ts';
import { authorizer } from './authorization.ts';
import { AwsEndpoint } from './aws/aws-endpoint.ts';
import { Callers } from './aws/callers.ts';
import { type AwsAnswer, type AwsCall, serveAws, WireServer } from './aws/wire-server.ts';
import { connectSources } from './connect-sources.ts';
import { LOCK_FILE, lockDataDir } from './data-lock.ts';
import { DynamoEndpoint } from './dynamodb/dynamo-endpoint.ts';
import { StoreClient } from './dynamodb/store-client.ts';
import { storeElsewhere } from './dynamodb/store-elsewhere.ts';
import { storeFaults } from './dynamodb/store-faults.ts';
import { startStore } from './dynamodb/store-process.ts';
import { storeBooks } from './dynamodb/store-use.ts';
import { createTables } from './dynamodb/tables.ts';
import { localControls } from './http/control-routes.ts';
import { openGateways } from './http/open-gateways.ts';
import { Tokens } from './http/tokens.ts';
import { type Invoke, invokeFaults, platformError } from './lambda/invocation.ts';
import { LambdaRuntime, type LambdaRuntimeOptions } from './lambda/lambda-runtime.ts';
import type { StoreLinkData } from './lambda/store-link.ts';
import { callerOf, variablesOf } from './lambda/variables.ts';
import { type Local, localHandle } from './local.ts';
import { Meter } from './meter.ts';
import type { LocalOptions } from './options.ts';
import { Queues } from './queues/queues.ts';
import { sqsOperations } from './queues/sqs-operations.ts';
import { SagaEngine } from './sagas/saga-engine.ts';
import { sfnOperations } from './sagas/sfn-operations.ts';
import { Secrets } from './secrets.ts';
import { SharedFlag } from './shared-flag.ts';
import { ROOT, synthesize } from './synth.ts';
import type { App } from './template/app.ts';
import { loadAssembly } from './template/assembly.ts';
import { readApp } from './template/read-app.ts';
import { Resolver } from './template/resolve.ts';

export type { DeadLetter, ExecutionSummary, Local } from './local.ts';

/** Starts the whole app on this machine: synthesized if its sources changed, else from the cache. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const loadingEngine = import('aws-local-stepfunctions');
  const assemblyDir = options.assembly ?? (await synthesize({ stage: 'dev', ...options.context }));
  const elsewhere = storeElsewhere();
  if (options.fresh && elsewhere) throw new Error(`the store at ${elsewhere} is not ours to empty: name an empty one`);
  const { dataDir, unlock } = await openDataDir(options);
  const storeProcess = await startStore(dataDir, options.storeLost);
  const kill = () => storeProcess.kill().then(unlock);
  let end = kill;
  try {
    const store = new StoreClient(storeProcess.endpoint);
    const system = await assemble(
      options,
      assemblyDir,
      dataDir,
      store,
      new Meter(storeProcess.pid),
      await loadingEngine,
    );
    end = () => system.end(kill);
    const local = localHandle({ ...system, crash: end });
    let isReady = false;
    system.gateways.open(
      system.app.apis,
      localControls(local, () => isReady),
    );
    await options.prepare?.(local.url);
    isReady = true;
    return local;
  } catch (error) {
    await end();
    throw error;
  }
}

const unreachable: Invoke = async () => platformError('Lambda.ServiceException', 'the runner is still starting');

type Engine = typeof import('aws-local-stepfunctions');

/** Puts the parts together and sets them going. */
async function assemble(
  options: LocalOptions,
  assemblyDir: string,
  dataDir: string | undefined,
  store: StoreClient,
  meter: Meter,
  sagaEngine: Engine,
) {
  const activity = new Activity();
  const secrets = new Secrets(dataDir);
  const tokens = await Tokens.open(dataDir);
  const retryScale = options.retryScale ?? 1;

  // Addresses come first, for the app's own configuration names them; what they answer with comes last.
  const late = { answer: async (_: AwsCall): Promise<AwsAnswer> => 'cut', invoke: unreachable };
  const invoke: Invoke = (arn, event) => late.invoke(arn, event);
  const wire = new WireServer((call) => late.answer(call));
  const aws = await wire.listen();
  const assembly = loadAssembly(assemblyDir);
  const gateways = await openGateways(assembly, options, { tokens, invoke, meter });
  const endpoints = { aws, api: ({ name }: { name: string }) => gateways.url(name) };
  const app = readApp(assembly, new Resolver(assembly, endpoints, (id) => secrets.value(id).value));

  secrets.open(app.secrets);
  const streams = await createTables(store, app.tables);
  const faults = planFaults(options);
  const queues = new Queues(app.queues, dataDir, activity);
  const engine = new SagaEngine(
    { models: app.stateMachines, invoke, meter, activity, dataDir, retryScale },
    sagaEngine,
  );
  const sources = connectSources({ app, queues, engine, invoke, meter, activity, store, streams, dataDir, retryScale });
  const used = storeBooks(meter, sources.written);
  const served = new Map([...gateways.hosts, [new URL(aws).host, serveAws((call) => late.answer(call))]]);
  const link = { data: storeLinkData(app, aws, store, faults.detour), used, untold: sources.writtenAnywhere };
  const runtime = createRuntime(app, aws, options, { meter, activity, faults: faults.invoke, served, store: link });
  late.invoke = (arn, event) => runtime.invoke(arn, event);

  const authorize = authorizer(app.functions);
  const dynamo = new DynamoEndpoint({ store, faults: faults.store, authorize, used });
  const services = {
    AWSEvents: sources.bus.operations(app.buses, authorize),
    AWSStepFunctions: sfnOperations(engine, authorize),
    AmazonSQS: sqsOperations(queues, meter, authorize),
    secretsmanager: secrets.operations(authorize),
  };
  const endpoint = new AwsEndpoint(dynamo, services, new Callers(app.functions.map(callerOf)));
  late.answer = (call) => endpoint.answer(call);

  queues.restore();
  engine.resume();
  sources.start(options.schedules ?? true);

  const end = async (killStore: () => Promise<void>) => {
    gateways.close();
    sources.stop();
    engine.stop();
    runtime.stop();
    queues.stop();
    wire.close();
    await killStore();
    store.close();
  };
  const { store: storeFaultPlan, invoke: invokeFaultPlan } = faults;
  const parts = { app, store, meter, activity, queues, engine, sources, tokens, gateways, aws, invoke };
  return { ...parts, faults: storeFaultPlan, invokeFaults: invokeFaultPlan, end };
}

/** The faults to begin with. Only the runner knows them: while the store has any, all calls of it take the detour. */
function planFaults(options: LocalOptions) {
  const detour = new SharedFlag();
  const store = storeFaults((hasRules) => detour.set(hasRules));
  const invoke = invokeFaults();
  store.add(...(options.faults ?? []));
  invoke.add(...(options.invokeFaults ?? []));
  return { store, invoke, detour };
}

function storeLinkData({ functions }: App, aws: string, store: StoreClient, detour: SharedFlag): StoreLinkData {
  return {
    endpoint: store.endpoint,
    host: new URL(aws).host,
    functions: functions.map(({ name, permissions }) => ({ name, permissions })),
    detour: detour.buffer,
  };
}

function createRuntime(
  app: App,
  aws: string,
  { logLevel = 'ERROR', environment }: LocalOptions,
  parts: Omit<LambdaRuntimeOptions, 'print' | 'variables'>,
): LambdaRuntime {
  const silent = logLevel === 'SILENT';
  const overrides = { POWERTOOLS_LOG_LEVEL: silent ? 'CRITICAL' : logLevel, ...environment };
  return new LambdaRuntime(app.functions, {
    ...parts,
    print: (text) => void (silent || process.stdout.write(text)),
    variables: (model) => variablesOf(model, aws, overrides),
  });
}

interface DataDir {
  /** Undefined keeps nothing. */
  readonly dataDir: string | undefined;
  readonly unlock: () => void;
}

async function openDataDir({ memory, dataDir, fresh }: LocalOptions): Promise<DataDir> {
  if (memory ?? dataDir === undefined) return { dataDir: undefined, unlock: () => undefined };
  const dir = dataDir ?? join(ROOT, '.holdfast', 'data');
  mkdirSync(dir, { recursive: true });
  const unlock = await lockDataDir(dir);
  if (fresh) for (const name of readdirSync(dir)) if (name !== LOCK_FILE) rmSync(join(dir, name), { recursive: true });
  return { dataDir: dir, unlock };
}
