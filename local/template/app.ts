import type { Pattern } from '../bus/pattern.ts';
import type { Statement } from './permissions.ts';

/** The app as the runner uses it: resolved and typed, without CloudFormation's shapes. Times are milliseconds. */
export interface App {
  readonly region: string;
  readonly functions: readonly FunctionModel[];
  readonly tables: readonly TableModel[];
  readonly queues: readonly QueueModel[];
  readonly queueMappings: readonly QueueMapping[];
  readonly streamMappings: readonly StreamMapping[];
  readonly buses: readonly string[];
  readonly rules: readonly RuleModel[];
  readonly stateMachines: readonly StateMachineModel[];
  readonly apis: readonly ApiModel[];
  readonly secrets: readonly SecretModel[];
  /** Id of the user pool's (first) client: the `client_id` of a token. */
  readonly clientId: string | undefined;
}

export interface FunctionModel {
  /** Construct id: `PlaceOrder`. */
  readonly name: string;
  /** Name of the function in Lambda. */
  readonly functionName: string;
  readonly arn: string;
  /** Absolute path of the bundled module, and the name under which it exports the handler. */
  readonly file: string;
  readonly exportName: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Record<string, string>;
  readonly reservedConcurrency: number | undefined;
  readonly permissions: readonly Statement[];
  /** Queue for the events of asynchronous invocations whose tries are used up. */
  readonly deadLetterArn: string | undefined;
}

export interface TableModel {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;
  readonly streamView: string | undefined;
  /** Input of CreateTable, without the stream. */
  readonly definition: Record<string, unknown>;
}

export interface QueueModel {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly visibilityTimeoutMs: number;
  readonly delayMs: number;
  readonly redrive: { readonly targetArn: string; readonly maxReceives: number } | undefined;
}

interface Mapping {
  readonly name: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  readonly filters: readonly Pattern[];
}

export interface QueueMapping extends Mapping {
  readonly queueArn: string;
  readonly maxConcurrency: number;
}

export interface StreamMapping extends Mapping {
  readonly streamArn: string;
  readonly bisects: boolean;
  /** As in Lambda, -1 means without a limit. */
  readonly maxRetries: number;
  readonly maxAgeMs: number;
  readonly onFailureArn: string | undefined;
}

export interface RuleModel {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  readonly pattern: Pattern | undefined;
  readonly schedule: string | undefined;
  readonly targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly arn: string;
  readonly input: string | undefined;
  readonly inputPath: string | undefined;
  readonly deadLetterArn: string | undefined;
}

export interface StateMachineModel {
  /** Construct id: `OrderSaga`. */
  readonly name: string;
  readonly arn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** Amazon States Language in JSON, with its placeholders substituted. */
  readonly definition: string;
}

export interface ApiModel {
  readonly name: string;
  readonly routes: readonly RouteModel[];
  readonly cors: CorsModel | undefined;
  /** Requests a second and bucket size by route key; `$default` applies to all other routes. */
  readonly throttles: Record<string, { readonly ratePerSecond: number; readonly burst: number }>;
}

/** Which scripts of other origins may call, what they may send, and what they may read. */
export interface CorsModel {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number;
}

export interface RouteModel {
  /** `GET /orders/{orderId}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly authorizer: JwtAuthorizer | undefined;
}

export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface SecretModel {
  readonly name: string;
  readonly arn: string;
  readonly initialValue: () => string;
}
