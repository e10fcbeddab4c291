import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbSnapshotStore } from '../../../../functions/inventory/availability/adapters/dynamodb-snapshot-store.ts';
import { dynamodbShardStore } from '../../../../functions/inventory/sharding/adapters/dynamodb-shard-store.ts';
import { dynamo, dynamoOnce } from '../../../../functions/shared/aws/clients.ts';
import { transact, writeIf } from '../../../../functions/shared/conditional-writes.ts';
import { isThrottled, isTransient } from '../../../../functions/shared/kernel/faults.ts';
import { pointAwsAt } from '../../../support/environment.ts';
import { type Answer, openWire, type Wire } from '../aws/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
  pointAwsAt({ store: { endpoint: wire.url } });
});
afterAll(() => wire.close());

const debit = () =>
  dynamoOnce().send(new UpdateItemCommand({ TableName: 'Inventory', Key: { pk: { S: 'I#1' } }, UpdateExpression: '' }));
const look = () => dynamo().send(new GetItemCommand({ TableName: 'Inventory', Key: { pk: { S: 'I#1' } } }));
const page = '<html><body><h1>503 Service Unavailable</h1></body></html>';

/** The error that the caller gets when every try is answered so. */
async function faultOf(call: () => Promise<unknown>, answer: Answer): Promise<unknown> {
  wire.decide = () => answer;
  return call().then(
    () => 'no fault',
    (error: unknown) => error,
  );
}

describe.each([
  ['a debit, which is sent once', debit],
  ['a read', look],
])('the fault of %s may pass', (_, call) => {
  test.each([500, 501, 502, 503, 504, 529, 599])('when the answer is a page with the status %i', async (status) => {
    expect(isTransient(await faultOf(call, { status, body: page }))).toBe(true);
  });
  test.each([500, 502, 503, 504])('when the answer is nothing with the status %i', async (status) => {
    expect(isTransient(await faultOf(call, { status, body: '' }))).toBe(true);
  });
  test.each([500, 503])('when the answer is JSON of others with the status %i', async (status) => {
    expect(isTransient(await faultOf(call, { status, body: { message: 'Service Unavailable' } }))).toBe(true);
  });
  test('when the answer is a page with the status 200', async () => {
    expect(isTransient(await faultOf(call, { status: 200, body: page }))).toBe(true);
  });
  test('when the answer breaks off', async () => {
    expect(isTransient(await faultOf(call, 'cut within'))).toBe(true);
    expect(isTransient(await faultOf(call, 'cut'))).toBe(true);
  });
  test.each(['ThrottlingException', 'ExpiredTokenException', 'RequestTimeTooSkewed'])('when it is %s', async (name) => {
    const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: '' };
    expect(isTransient(await faultOf(call, { status: 400, body }))).toBe(true);
  });
  test.each([
    ['InvalidSignatureException', 'Signature expired: 20261129T000000Z is now earlier than 20261129T000100Z', true],
    [
      'InvalidSignatureException',
      'Signature not yet current: 20261129T000100Z is still later than 20261129T0000Z',
      true,
    ],
    ['InvalidSignatureException', 'The request signature we calculated does not match', false],
    ['AccessDeniedException', 'is not authorized to perform', false],
    ['ValidationException', 'Invalid UpdateExpression', false],
    ['ResourceNotFoundException', 'Requested resource not found', false],
  ])('when it is %s (%s): %s', async (name, message, passes) => {
    const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message };
    expect(isTransient(await faultOf(call, { status: 400, body }))).toBe(passes);
  });
});

const named = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more });

describe('a name or a code that the SDK itself repeats a request for', async () => {
  // The package exports functions that use the lists, and not the lists.
  const listsUrl = new URL(
    '../../../../node_modules/@smithy/core/dist-es/submodules/retry/service-error-classification/constants.js',
    import.meta.url,
  );
  const lists = (await import(listsUrl.href)) as Readonly<Record<string, readonly string[] | undefined>>;
  const of = (list: string) => lists[list] ?? [];
  /** A permission that is missing does not come by waiting, and a signature is refused for its time or for its key. */
  const notOfTheClock = ['AccessDeniedException', 'AuthFailure', 'InvalidSignatureException', 'SignatureDoesNotMatch'];

  test.each([
    ...of('THROTTLING_ERROR_CODES'),
    ...of('TRANSIENT_ERROR_CODES'),
    ...of('CLOCK_SKEW_ERROR_CODES').filter((name) => !notOfTheClock.includes(name)),
  ])('may pass: %s', (name) => {
    expect(isTransient(named(name))).toBe(true);
  });

  test.each([...of('NODEJS_TIMEOUT_ERROR_CODES'), ...of('NODEJS_NETWORK_ERROR_CODES')])('may pass: %s', (code) => {
    expect(isTransient(named('Error', { code }))).toBe(true);
  });

  test('is in one of lists of which none is empty', () => {
    const names = Object.keys(lists).sort();
    expect(names).toEqual([
      ...['CLOCK_SKEW_ERROR_CODES', 'NODEJS_NETWORK_ERROR_CODES', 'NODEJS_TIMEOUT_ERROR_CODES'],
      ...['THROTTLING_ERROR_CODES', 'TRANSIENT_ERROR_CODES', 'TRANSIENT_ERROR_STATUS_CODES'],
    ]);
    for (const name of names) expect(of(name).length, name).toBeGreaterThan(0);
  });

  test.each([...of('THROTTLING_ERROR_CODES')])('is a throttle, and waits: %s', (name) => {
    const others = ['PriorRequestNotComplete', 'TransactionInProgressException'];
    expect(isThrottled(named(name))).toBe(!others.includes(name));
  });
});

test.each(['ECONNABORTED', 'ENETDOWN', 'EHOSTDOWN', 'EPROTO', 'HPE_INVALID_CONSTANT', 'Z_DATA_ERROR'])(
  'a connection that fails with %s may work later',
  (code) => {
    expect(isTransient(named('Error', { code }))).toBe(true);
  },
);

describe('a throttled write', () => {
  const throttled = (name: string, more: object = {}) => ({
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: '', ...more },
  });
  const slept: number[] = [];
  const pace = {
    random: () => 0.5,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
    },
  };
  const writes: readonly (readonly [string, () => Promise<{ readonly outcome: string }>, Answer])[] = [
    ['alone', () => writeIf(pace, debit), throttled('ProvisionedThroughputExceededException')],
    ['alone, by the account', () => writeIf(pace, debit), throttled('RequestLimitExceeded')],
    ['alone, by another name', () => writeIf(pace, debit), throttled('ThrottledException')],
    [
      'in a transaction',
      () => transact({ client: dynamo(), pace }, [{ Delete: { TableName: 'Inventory', Key: { pk: { S: 'I#1' } } } }]),
      throttled('TransactionCanceledException', { CancellationReasons: [{ Code: 'ThrottlingError' }] }),
    ],
  ];

  test.each(writes)('%s waits, at the pace of its caller, before that can repeat it', async (_, write, answer) => {
    wire.decide = () => answer;
    slept.length = 0;
    expect((await write()).outcome).toBe('contended');
    expect(slept).toEqual([75]);
  });

  const access = () => ({ table: 'Inventory', client: dynamo(), once: dynamoOnce(), pace });
  const shard = { location: 'BER', sku: 'MUG', shard: 0 };
  const snapshot = { sku: 'MUG', at: 1, units: 0, free: [], credits: 0, creditsChangedAt: 0 };
  test.each<[string, () => Promise<unknown>]>([
    ['a snapshot', () => dynamodbSnapshotStore(access()).writeSnapshot(0, snapshot)],
    ['a claim to read', () => dynamodbSnapshotStore(access()).claimRead('MUG', 0, { now: 0, until: 1 })],
    ['the removal of old entries', () => dynamodbShardStore(access()).dropEntries(shard, ['n1'])],
  ])('that only saves work does not wait: %s', async (_, write) => {
    wire.decide = () => throttled('ProvisionedThroughputExceededException');
    wire.received.length = 0;
    slept.length = 0;
    await write();
    expect(wire.received).toHaveLength(1);
    expect(slept).toEqual([]);
  });
});
