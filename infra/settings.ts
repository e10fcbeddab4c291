import type { Node } from 'constructs';

export type Stage = 'dev' | 'prod';
export type SagaType = 'STANDARD' | 'EXPRESS';
export type Architecture = 'arm64' | 'x86_64';
export type AwsClient = 'direct' | 'sdk';

/** What `-c key=value` decides. Nothing else makes two deployments differ. */
export interface Settings {
  readonly stage: Stage;
  /** The kind of state machine that every saga becomes. */
  readonly sagaType: SagaType;
  /** Leaves out the rarely supported resource types, for emulators. */
  readonly minimal: boolean;
  /** Base URL of the payment gateway. Absent: the sandbox in dev, the provider's own in prod. */
  readonly paymentEndpoint: string | undefined;
  /** Base URL of the carrier gateway. Absent: the sandbox in dev, the provider's own in prod. */
  readonly carrierEndpoint: string | undefined;
  /** Carrier account and service to buy labels from; empty: the cheapest rate offered. The sandbox in dev has its own. */
  readonly carrierAccount: string;
  readonly carrierService: string;
  /** Senders' addresses by location, `{"berlin": {…}, "*": {…}}` as JSON; empty: a sample address, for gateways that print no real labels. */
  readonly shipFrom: string;
  /** How long stock is held for an order that is not confirmed yet, in seconds. */
  readonly holdSeconds: number;
  /** Write units a second that the table Inventory takes from its first second on. Absent: what a new table takes, 4,000. */
  readonly inventoryWarmWrites: number | undefined;
  /** The same for each table that an order is written to: Orders, OrderViews with its indexes, Contacts, Idempotency. */
  readonly ordersWarmWrites: number | undefined;
  /** Who is told when an alarm goes off. Absent: nobody until somebody subscribes to the topic. */
  readonly alarmEmail: string | undefined;
  /** Processor of the functions. An emulator runs them on its host's own, seldom arm64; the cloud bills arm64 a fifth less. */
  readonly architecture: Architecture;
  /** How functions send DynamoDB's item commands: directly, or through the AWS SDK alone (functions/shared/aws/README.md). */
  readonly awsClient: AwsClient;
  /** Origins whose scripts may call the API. */
  readonly corsOrigins: readonly string[];
}

/** Any account will do there; with a service named, a label is bought in one call instead of three. */
const sandboxAccount = 'ca_sandbox';
const sandboxService = 'Economy';
/** A day: the longest that functions/shared/config.ts accepts. */
const maxHoldSeconds = 86_400;
const defaultHoldSeconds = 900;
/** What a new table takes at once. Above 40,000 the account needs a higher quota; the upper bound catches a typing error. */
const warmWrites = { least: 4_000, most: 1_000_000 } as const;

class SettingError extends Error {
  override readonly name = 'SettingError';
}

function refused(key: string, value: unknown, allowed: string): SettingError {
  return new SettingError(`-c ${key}=${String(value)}: ${key} must be ${allowed}`);
}

type Parse<Value> = (key: string, value: unknown) => Value;

function oneOf<const Value extends string>(...allowed: readonly Value[]): Parse<Value> {
  return (key, value) => {
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw refused(key, value, `one of ${allowed.join(', ')}`);
    return found;
  };
}

const flag: Parse<boolean> = (key, value) => oneOf('true', 'false')(key, String(value)) === 'true';

const url: Parse<string> = (key, value) => {
  if (typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '')) return value.replace(/\/+$/, '');
  throw refused(key, value, 'a base URL such as https://api.example.com');
};

const words: Parse<string> = (key, value) => {
  if (typeof value === 'string' && /^[\w .:-]{0,100}$/.test(value)) return value;
  throw refused(key, value, 'at most 100 letters, digits, spaces and _ . : -');
};

/** The functions read it whole; here only a typing error is caught before it is deployed. */
const addresses: Parse<string> = (key, value) => {
  const isRecord = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each);
  try {
    // In cdk.json it can stand as it is; `-c` takes it as text.
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (isRecord(parsed) && Object.values(parsed as object).every(isRecord)) return JSON.stringify(parsed);
  } catch {
    // Told below, as any other shape that will not do.
  }
  throw refused(key, value, 'addresses by location as JSON, {"<location>": {address}, "*": {address}}');
};

const wholeNumber =
  (least: number, most: number): Parse<number> =>
  (key, value) => {
    const parsed = Number(value);
    if (Number.isInteger(parsed) && parsed >= least && parsed <= most) return parsed;
    throw refused(key, value, `a whole number from ${least} to ${most}`);
  };

const email: Parse<string> = (key, value) => {
  if (typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return value;
  throw refused(key, value, 'an e-mail address');
};

const origins: Parse<readonly string[]> = (key, value) => {
  if (value === '*') return ['*'];
  return String(value)
    .split(',')
    .map((each) => {
      const origin = URL.parse(each.trim())?.origin;
      if (origin === undefined || origin !== each.trim()) {
        throw refused(key, value, '* or origins such as https://shop.example.com, separated by commas');
      }
      return origin;
    });
};

const parsers = {
  stage: oneOf('dev', 'prod'),
  sagaType: oneOf('STANDARD', 'EXPRESS'),
  minimal: flag,
  paymentEndpoint: url,
  carrierEndpoint: url,
  carrierAccount: words,
  carrierService: words,
  shipFrom: addresses,
  holdSeconds: wholeNumber(1, maxHoldSeconds),
  inventoryWarmWrites: wholeNumber(warmWrites.least, warmWrites.most),
  ordersWarmWrites: wholeNumber(warmWrites.least, warmWrites.most),
  alarmEmail: email,
  architecture: oneOf('arm64', 'x86_64'),
  awsClient: oneOf('direct', 'sdk'),
  corsOrigins: origins,
} satisfies { [Key in keyof Settings]: Parse<Settings[Key]> };

/**
 * Reads the settings from the context of a construct tree.
 *
 * @throws SettingError naming the key and what it may be, for a value that is not allowed and for a key that does not exist.
 */
export function readSettings(node: Node): Settings {
  const context: Record<string, unknown> = node.getAllContext();
  refuseUnknown(context);
  const read = <Key extends keyof Settings>(key: Key, fallback: Settings[Key]): Settings[Key] => {
    const value = context[key];
    // `-c key=` says the same as leaving it out.
    return value === undefined || value === '' ? fallback : (parsers[key] as Parse<Settings[Key]>)(key, value);
  };
  const stage = read('stage', 'dev');
  const carrierEndpoint = read('carrierEndpoint', undefined);
  const buysFromSandbox = stage === 'dev' && carrierEndpoint === undefined;
  return {
    stage,
    sagaType: read('sagaType', 'STANDARD'),
    minimal: read('minimal', false),
    paymentEndpoint: read('paymentEndpoint', undefined),
    carrierEndpoint,
    carrierAccount: read('carrierAccount', buysFromSandbox ? sandboxAccount : ''),
    carrierService: read('carrierService', buysFromSandbox ? sandboxService : ''),
    shipFrom: read('shipFrom', ''),
    holdSeconds: read('holdSeconds', defaultHoldSeconds),
    inventoryWarmWrites: read('inventoryWarmWrites', undefined),
    ordersWarmWrites: read('ordersWarmWrites', undefined),
    alarmEmail: read('alarmEmail', undefined),
    architecture: read('architecture', stage === 'prod' ? 'arm64' : 'x86_64'),
    awsClient: read('awsClient', 'direct'),
    // Requests carry a bearer token, never a cookie, so an origin by itself has no authority.
    corsOrigins: read('corsOrigins', ['*']),
  };
}

/** A misspelled key would deploy something else than was meant. The CDK's own keys all contain a colon, slash or at sign. */
function refuseUnknown(context: Record<string, unknown>): void {
  for (const key of Object.keys(context)) {
    if (/^[A-Za-z]+$/.test(key) && !(key in parsers)) {
      throw new SettingError(
        `-c ${key}: there is no such setting; the settings are ${Object.keys(parsers).join(', ')}`,
      );
    }
  }
}
