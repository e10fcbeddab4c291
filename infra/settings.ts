import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from 'constructs';
import { repositoryRoot } from './entry-points.ts';

export type Stage = 'dev' | 'prod';
export type SagaType = 'STANDARD' | 'EXPRESS';
export type Architecture = 'arm64' | 'x86_64';
export type AwsClient = 'direct' | 'sdk';
export type CaptureWhole = 'never' | 'first-dispatch';

/**
 * The settings of a deployment. A stage's settings are in `stages/<stage>.json`; `-c key=value` overrides one of them for a
 * single command. Deployments differ in nothing else.
 */
export interface Settings {
  readonly stage: Stage;
  /** The part of a stage that these resources belong to: a letter or a short word in every name. */
  readonly cell: string;
  /** The type of every saga's state machine. */
  readonly sagaType: SagaType;
  /** Leaves out resource types that few emulators support. */
  readonly minimal: boolean;
  /** Base URL of the payment gateway. Absent: the sandbox in dev, the provider's own address in prod. */
  readonly paymentEndpoint: string | undefined;
  /** Base URL of the carrier gateway. Absent: the sandbox in dev, the provider's own address in prod. */
  readonly carrierEndpoint: string | undefined;
  /**
   * Carrier account and service for labels; empty: the cheapest rate offered. The default for the sandbox is its own
   * account.
   */
  readonly carrierAccount: string;
  readonly carrierService: string;
  /**
   * Senders' addresses by location, `{"berlin": {…}, "*": {…}}` as JSON; empty: a sample address, for gateways that
   * print no real labels.
   */
  readonly shipFrom: string;
  /** How long stock is held for an unconfirmed order, in seconds. */
  readonly holdSeconds: number;
  /**
   * With a payment that can be captured once: whether the first parcel takes the amount of all parcels, which not every law
   * allows before they are dispatched. Else the rest is authorized anew.
   */
  readonly captureWhole: CaptureWhole;
  /**
   * Write units a second that the table Inventory takes as soon as it exists. Absent: 4,000, as for every new table.
   */
  readonly inventoryWarmWrites: number | undefined;
  /**
   * The same for each table that an order is written to: Orders, OrderViews with its indexes, Contacts, Idempotency,
   * GatewayRecords.
   */
  readonly ordersWarmWrites: number | undefined;
  /** E-mail address that is subscribed to the alarm topic. Absent: the topic has no subscription. */
  readonly alarmEmail: string | undefined;
  /** Processor of the functions. An emulator uses its host's, which is seldom arm64; AWS bills arm64 a fifth less. */
  readonly architecture: Architecture;
  /** How functions send DynamoDB's item commands: directly, or through the AWS SDK alone (functions/shared/aws/README.md). */
  readonly awsClient: AwsClient;
  /** Origins whose scripts may call the API; `*` for all, empty for none. */
  readonly corsOrigins: readonly string[];
  /** Whether a customer can create an account without an invitation. */
  readonly selfSignUp: boolean;
  /** Verified sender of the user pool's mails. Absent: Cognito's own address, which sends at most 50 mails a day. */
  readonly mailFrom: string | undefined;
}

/** The sandbox accepts any account. With account and service set, a label is bought in one call instead of three. */
const sandboxAccount = 'ca_sandbox';
const sandboxService = 'Economy';
/** One day, the maximum that functions/shared/config.ts accepts. */
const maxHoldSeconds = 86_400;
const defaultHoldSeconds = 900;
/**
 * Bounds of a warm throughput. A new table takes `least`. Above 40,000 the account needs a higher quota; `most` catches
 * a typing error.
 */
const warmWrites = { least: 4_000, most: 1_000_000 } as const;

/** The settings that are written down for a stage. */
export interface StageFile {
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

function readStageFile(stage: Stage): StageFile {
  const path = `stages/${stage}.json`;
  try {
    return { path, settings: JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8')) };
  } catch (error) {
    throw new SettingError(`${path}: ${(error as Error).message}`);
  }
}

/** Lambda takes 4 KB of environment variables for a function; BookShipment has others beside the addresses. */
const mostAddressBytes = 2_800;

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

/**
 * Checks only the outer structure, to catch a typing error before the deployment. The functions parse the addresses
 * fully.
 */
const addresses: Parse<string> = (key, value) => {
  const isRecord = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each);
  try {
    // The stage's file may contain an object; `-c` passes text.
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (isRecord(parsed) && Object.values(parsed as object).every(isRecord)) {
      const text = JSON.stringify(parsed);
      if (Buffer.byteLength(text) <= mostAddressBytes) return text;
    }
  } catch {
    // Text that is not JSON is refused below, like any other wrong shape.
  }
  throw refused(
    key,
    value,
    `addresses by location as JSON, {"<location>": {address}, "*": {address}}, of at most ${mostAddressBytes} bytes`,
  );
};

const wholeNumber =
  (least: number, most: number): Parse<number> =>
  (key, value) => {
    const parsed = Number(value);
    if (Number.isInteger(parsed) && parsed >= least && parsed <= most) return parsed;
    throw refused(key, value, `a whole number from ${least} to ${most}`);
  };

const cellName: Parse<string> = (key, value) => {
  if (typeof value === 'string' && /^[a-z][a-z0-9]{0,7}$/.test(value)) return value;
  throw refused(key, value, 'a letter and at most seven more letters or digits, in lower case');
};

const email: Parse<string> = (key, value) => {
  if (typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return value;
  throw refused(key, value, 'an e-mail address');
};

const origins: Parse<readonly string[]> = (key, value) => {
  const listed = Array.isArray(value) ? value.map(String) : String(value).split(',');
  if (listed.length === 1 && listed[0] === '*') return ['*'];
  return listed.map((each) => {
    const origin = URL.parse(each.trim())?.origin;
    if (origin === undefined || origin !== each.trim()) {
      throw refused(key, value, '* or origins such as https://shop.example.com, separated by commas');
    }
    return origin;
  });
};

const parsers = {
  stage: oneOf('dev', 'prod'),
  cell: cellName,
  sagaType: oneOf('STANDARD', 'EXPRESS'),
  minimal: flag,
  paymentEndpoint: url,
  carrierEndpoint: url,
  carrierAccount: words,
  carrierService: words,
  shipFrom: addresses,
  holdSeconds: wholeNumber(1, maxHoldSeconds),
  captureWhole: oneOf('never', 'first-dispatch'),
  inventoryWarmWrites: wholeNumber(warmWrites.least, warmWrites.most),
  ordersWarmWrites: wholeNumber(warmWrites.least, warmWrites.most),
  alarmEmail: email,
  architecture: oneOf('arm64', 'x86_64'),
  awsClient: oneOf('direct', 'sdk'),
  corsOrigins: origins,
  selfSignUp: flag,
  mailFrom: email,
} satisfies { [Key in keyof Settings]: Parse<Settings[Key]> };

/**
 * Reads the settings from the stage's file and from the context of a construct tree, which takes precedence.
 *
 * @param stageFile the content of a stage's file; empty when there is none
 * @throws SettingError with the key and its allowed values, for a value that is not allowed and for an unknown key.
 */
export function readSettings(node: Node, stageFile: (stage: Stage) => StageFile = readStageFile): Settings {
  const given: Record<string, unknown> = node.getAllContext();
  refuseUnknown(given, (key) => `-c ${key}`);
  const stage = given.stage === undefined || given.stage === '' ? 'dev' : parsers.stage('stage', given.stage);
  const file = stageFile(stage);
  refuseUnknown(file.settings, (key) => `${file.path}: ${key}`);
  if ('stage' in file.settings) throw new SettingError(`${file.path}: stage: the name of the file is the stage`);
  const overriding = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const context = { ...file.settings, ...overriding };
  const read = <Key extends keyof Settings>(key: Key, fallback: Settings[Key]): Settings[Key] => {
    const value = context[key];
    // `-c key=` means the same as leaving the key out.
    return value === undefined || value === '' ? fallback : (parsers[key] as Parse<Settings[Key]>)(key, value);
  };
  const carrierEndpoint = read('carrierEndpoint', undefined);
  const buysFromSandbox = stage === 'dev' && carrierEndpoint === undefined;
  return {
    stage,
    cell: read('cell', 'a'),
    sagaType: read('sagaType', 'STANDARD'),
    minimal: read('minimal', false),
    paymentEndpoint: read('paymentEndpoint', undefined),
    carrierEndpoint,
    carrierAccount: read('carrierAccount', buysFromSandbox ? sandboxAccount : ''),
    carrierService: read('carrierService', buysFromSandbox ? sandboxService : ''),
    shipFrom: read('shipFrom', ''),
    holdSeconds: read('holdSeconds', defaultHoldSeconds),
    captureWhole: read('captureWhole', 'never'),
    inventoryWarmWrites: read('inventoryWarmWrites', undefined),
    ordersWarmWrites: read('ordersWarmWrites', undefined),
    alarmEmail: read('alarmEmail', undefined),
    architecture: read('architecture', stage === 'prod' ? 'arm64' : 'x86_64'),
    awsClient: read('awsClient', 'direct'),
    // Requests carry a bearer token, never a cookie, so an origin by itself has no authority.
    corsOrigins: read('corsOrigins', stage === 'prod' ? [] : ['*']),
    selfSignUp: read('selfSignUp', true),
    mailFrom: read('mailFrom', undefined),
  };
}

/**
 * Refuses unknown keys, because a misspelled key would be ignored. The CDK's own keys contain a colon, slash or at
 * sign.
 */
function refuseUnknown(context: Readonly<Record<string, unknown>>, where: (key: string) => string): void {
  for (const key of Object.keys(context)) {
    if (/^[A-Za-z]+$/.test(key) && !(key in parsers)) {
      throw new SettingError(
        `${where(key)}: there is no such setting; the settings are ${Object.keys(parsers).join(', ')}`,
      );
    }
  }
}
