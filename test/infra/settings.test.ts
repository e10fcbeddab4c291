import { App } from 'aws-cdk-lib/core';
import { expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

const read = (context: Record<string, string> = {}) => readSettings(new App({ context }).node);

test('without any setting a dev stage with Standard sagas is deployed', () => {
  expect(read()).toEqual({
    stage: 'dev',
    sagaType: 'STANDARD',
    minimal: false,
    paymentEndpoint: undefined,
    carrierEndpoint: undefined,
    carrierAccount: 'ca_sandbox',
    carrierService: 'Economy',
    shipFrom: '',
    holdSeconds: 900,
    inventoryWarmWrites: undefined,
    ordersWarmWrites: undefined,
    alarmEmail: undefined,
    architecture: 'x86_64',
    awsClient: 'direct',
    corsOrigins: ['*'],
  });
});

test('only the sandbox is bought from without an account being named', () => {
  for (const context of [{ stage: 'prod' }, { carrierEndpoint: 'https://carrier.example.com' }]) {
    expect(read(context)).toMatchObject({ carrierAccount: '', carrierService: '' });
  }
});

test('an empty setting is no setting', () => {
  expect(read({ stage: '', holdSeconds: '', paymentEndpoint: '' })).toEqual(read());
});

test.each([
  ['stage', 'qa', 'one of dev, prod'],
  ['sagaType', 'standard', 'one of STANDARD, EXPRESS'],
  ['minimal', 'yes', 'one of true, false'],
  ['paymentEndpoint', 'api.stripe.com', 'a base URL'],
  ['paymentEndpoint', 'ftp://example.com', 'a base URL'],
  ['carrierEndpoint', 'nowhere', 'a base URL'],
  ['carrierAccount', 'a/b', 'at most 100 letters'],
  ['shipFrom', 'Berlin', 'addresses by location as JSON'],
  ['shipFrom', '{"*":"Berlin"}', 'addresses by location as JSON'],
  ['holdSeconds', '0', 'a whole number from 1 to 86400'],
  ['holdSeconds', '1.5', 'a whole number from 1 to 86400'],
  ['holdSeconds', '86401', 'a whole number from 1 to 86400'],
  ['inventoryWarmWrites', '3999', 'a whole number from 4000 to 1000000'],
  ['inventoryWarmWrites', 'many', 'a whole number from 4000 to 1000000'],
  ['ordersWarmWrites', '40000.5', 'a whole number from 4000 to 1000000'],
  ['ordersWarmWrites', '1000001', 'a whole number from 4000 to 1000000'],
  ['alarmEmail', 'ops', 'an e-mail address'],
  ['architecture', 'arm', 'one of arm64, x86_64'],
  ['awsClient', 'plain', 'one of direct, sdk'],
  ['corsOrigins', 'https://shop.example.com/', '* or origins such as'],
])('-c %s=%s is refused: the message names the key and what it may be', (key, value, allowed) => {
  expect(() => read({ [key]: value })).toThrow(`-c ${key}=${value}: ${key} must be ${allowed}`);
});

test('a misspelled setting is refused instead of deploying something else than was meant', () => {
  expect(() => read({ sagatype: 'EXPRESS' })).toThrow(
    '-c sagatype: there is no such setting; the settings are stage, sagaType',
  );
});

test('several origins are separated by commas', () => {
  expect(read({ corsOrigins: 'https://a.example,http://localhost:3000' }).corsOrigins).toEqual([
    'https://a.example',
    'http://localhost:3000',
  ]);
});
