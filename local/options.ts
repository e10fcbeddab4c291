import type { GrantUse } from './authorization.ts';
import type { StoreFault } from './dynamodb/store-faults.ts';
import type { InvokeFault } from './lambda/invocation.ts';

/** A limit on the invocations of all functions at the same time, as every account has one in Lambda. */
export interface AccountConcurrency {
  readonly most: number;
  /** Construct ids of functions that are not counted, such as those that stand for systems outside of the account. */
  readonly except?: readonly string[];
}

/** How a local system is started. Everything has a default. */
export interface LocalOptions {
  /** Port of the API; 0 is any free one. The other APIs of the app (the sandbox) take the ports behind it. */
  readonly port?: number;
  /** Region of the app's resources: `eu-central-1`. Default: that of the stored data, or else `us-east-1`. */
  readonly region?: string;
  /** Keeps nothing after the end. Default: true unless `dataDir` is given. */
  readonly memory?: boolean;
  /** Where the data is kept; default `.holdfast/data`. */
  readonly dataDir?: string;
  /** Deletes the data of earlier runs first. */
  readonly fresh?: boolean;
  /** Context of the CDK app, beyond `stage=dev`: `{ sagaType: 'EXPRESS' }`. */
  readonly context?: Record<string, string>;
  /** A synthesized app (`cdk.out`) to run instead of synthesizing one. */
  readonly assembly?: string;
  /** Overrides of the functions' environment variables. */
  readonly environment?: Record<string, string>;
  /** Multiplies the delays of Step Functions' retries and of queue and stream retries; default 1. */
  readonly retryScale?: number;
  /** The account's concurrency; default: no limit. */
  readonly concurrency?: AccountConcurrency;
  /** How far the clock of every second environment is ahead of the machine's, in milliseconds; default 0. */
  readonly clockAheadMs?: number;
  /** Whether scheduled rules fire by themselves; default true. */
  readonly schedules?: boolean;
  /** Called with the API's base URL before `/_local/health` reports that the system is ready. */
  readonly prepare?: (url: string) => Promise<void>;
  /** Called when the store's process ends by itself; default: prints that. */
  readonly storeLost?: () => void;
  /** Whether the API's request limits hold; default true. */
  readonly throttling?: boolean;
  /** Faults of the store and of invocations to begin with; more can be added while the system runs. */
  readonly faults?: readonly StoreFault[];
  readonly invokeFaults?: readonly InvokeFault[];
  /** Called for each call of a function that its role permits. */
  readonly grantUsed?: GrantUse;
  /** What the functions log; default ERROR. Everything that they print goes to this process's output. */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'SILENT';
}
