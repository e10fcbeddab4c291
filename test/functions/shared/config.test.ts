import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../functions/shared/config.ts';

const names = ['ORDERS_TABLE', 'BUS_NAME', 'HOLD_SECONDS', 'PAYMENT_ENDPOINT', 'STAGE'] as const;

describe('the configuration', () => {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    process.env = { ...before };
  });

  it('returns the requested variables, and no others', () => {
    process.env.ORDERS_TABLE = 'orders';
    process.env.BUS_NAME = 'bus';
    expect(readConfig('ORDERS_TABLE')).toEqual({ ORDERS_TABLE: 'orders' });
  });

  it('fails in a wrongly deployed function, with every wrong variable named', () => {
    process.env.HOLD_SECONDS = 'soon';
    process.env.ORDERS_TABLE = '';
    expect(() => readConfig('ORDERS_TABLE', 'BUS_NAME', 'HOLD_SECONDS', 'STAGE')).toThrow(
      /^configuration: ORDERS_TABLE: .*; BUS_NAME: .*; HOLD_SECONDS: .*$/,
    );
  });

  it('has defaults where there is a sensible one', () => {
    expect(readConfig('HOLD_SECONDS', 'PAYMENT_ENDPOINT')).toEqual({ HOLD_SECONDS: 900, PAYMENT_ENDPOINT: '' });
  });

  it.each(['0', '-1', '1.5', '86401', ''])('refuses to hold stock for %o seconds', (seconds) => {
    process.env.HOLD_SECONDS = seconds;
    expect(() => readConfig('HOLD_SECONDS')).toThrow(/HOLD_SECONDS/);
  });

  it('never repeats a value, which may be a secret', () => {
    process.env.HOLD_SECONDS = 's3cret';
    let message = '';
    try {
      readConfig('HOLD_SECONDS');
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/HOLD_SECONDS/);
    expect(message).not.toContain('s3cret');
  });
});
