import { describe, expect, test } from 'vitest';
import { Counts } from '../../bench/statistics/counts.ts';
import { spreadOf } from '../../bench/statistics/percentiles.ts';
import { figure, layOut, money } from '../../bench/statistics/table.ts';

describe('percentiles are measured values', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  test('of a hundred values', () => {
    expect(spreadOf(hundred)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  });

  test('of one value', () => {
    expect(spreadOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  });

  test('numbers are ordered by size, not as text', () => {
    expect(spreadOf([9, 10, 1])?.p50).toBe(9);
  });

  test('no values have no percentiles', () => {
    expect(spreadOf([])).toBeUndefined();
  });

  test('the array of measurements is not changed', () => {
    const values = [3, 1, 2];
    spreadOf(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

test('counts are listed in descending order', () => {
  const counts = new Counts();
  counts.add('a');
  counts.add('b', 2);
  expect(counts.list()).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
  expect(counts.total).toBe(3);
  expect(counts.of('c')).toBe(0);
});

test('figures have about three significant digits', () => {
  expect([1.234, 12.34, 123.4, 5, 12_345].map(figure)).toEqual(['1.23', '12.3', '123', '5', '12,345']);
});

test('minor units are shown with two decimals', () => {
  expect(money(229_720_107)).toBe('2,297,201.07');
});

test('columns are as wide as their widest cell', () => {
  expect(
    layOut([
      ['a', '1'],
      ['bbb', '22'],
    ]),
  ).toEqual(['a     1', 'bbb  22']);
});
