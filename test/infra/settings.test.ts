import { App } from 'aws-cdk-lib/core';
import { expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

/** The settings where the stage's file has `file`. */
const read = (context: Record<string, string> = {}, file: Record<string, unknown> = {}) =>
  readSettings(new App({ context }).node, (stage) => ({ path: `stages/${stage}.json`, settings: file }));

test('without any setting a dev stage with Standard sagas is deployed', () => {
  expect(read()).toEqual({
    stage: 'dev',
    cell: 'a',
    sagaType: 'STANDARD',
    minimal: false,
    paymentEndpoint: undefined,
    carrierEndpoint: undefined,
    carrierAccount: 'ca_sandbox',
    carrierService: 'Economy',
    shipFrom: '',
    holdSeconds: 900,
    captureWhole: 'never',
    inventoryWarmWrites: undefined,
    ordersWarmWrites: undefined,
    alarmEmail: undefined,
    architecture: 'x86_64',
    awsClient: 'direct',
    corsOrigins: ['*'],
    selfSignUp: true,
    mailFrom: undefined,
  });
});

test('a production stage answers no script of another origin unless its file names the origin', () => {
  expect(read({ stage: 'prod' }).corsOrigins).toEqual([]);
  expect(read({ stage: 'prod' }, { corsOrigins: ['https://shop.example.com'] }).corsOrigins).toEqual([
    'https://shop.example.com',
  ]);
});

test('the settings of a stage are those of its file, and -c overrides them one by one', () => {
  const file = { sagaType: 'EXPRESS', holdSeconds: 60, alarmEmail: 'ops@example.com' };
  expect(read({}, file)).toMatchObject(file);
  expect(read({ holdSeconds: '90' }, file)).toMatchObject({ ...file, holdSeconds: 90 });
  expect(read({ holdSeconds: '' }, file)).toMatchObject(file);
});

test('a mistake in the file of a stage is refused by its name', () => {
  expect(() => read({}, { sagatype: 'EXPRESS' })).toThrow('stages/dev.json: sagatype: there is no such setting');
  expect(() => read({}, { stage: 'prod' })).toThrow('stages/dev.json: stage: the name of the file is the stage');
  expect(() => read({}, { holdSeconds: 0 })).toThrow('holdSeconds must be a whole number from 1 to 86400');
});

test('the files of both stages are settings', () => {
  for (const stage of ['dev', 'prod']) expect(() => readSettings(new App({ context: { stage } }).node)).not.toThrow();
});

test('senders that would not fit into the variables of a function are refused', () => {
  const address = { street1: '1 Main St', city: 'Denver', state: 'CO', zip: '80202', country: 'US' };
  const shipFrom = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`location-${index}`, address]));
  expect(() => read({ shipFrom: JSON.stringify(shipFrom) })).toThrow('of at most 2800 bytes');
});

test('the carrier account has a default only for the sandbox', () => {
  for (const context of [{ stage: 'prod' }, { carrierEndpoint: 'https://carrier.example.com' }]) {
    expect(read(context)).toMatchObject({ captureWhole: 'never', carrierAccount: '', carrierService: '' });
  }
});

test('an empty setting is no setting', () => {
  expect(read({ stage: '', holdSeconds: '', paymentEndpoint: '' })).toEqual(read());
});

test.each([
  ['stage', 'qa', 'one of dev, prod'],
  ['cell', 'EU', 'a letter and at most seven more'],
  ['mailFrom', 'shop', 'an e-mail address'],
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

test('a misspelled setting is refused instead of being ignored', () => {
  expect(() => read({ sagatype: 'EXPRESS' })).toThrow(
    '-c sagatype: there is no such setting; the settings are stage, cell, sagaType',
  );
});

test('several origins are separated by commas', () => {
  expect(read({ corsOrigins: 'https://a.example,http://localhost:3000' }).corsOrigins).toEqual([
    'https://a.example',
    'http://localhost:3000',
  ]);
});
