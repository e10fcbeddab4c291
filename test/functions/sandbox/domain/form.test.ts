import { expect, test } from 'vitest';
import { decodeForm, partsOf, textOf } from '../../../../functions/sandbox/domain/form.ts';

test('nested names become nested fields', () => {
  expect(decodeForm('amount=5&metadata[order_id]=ord_1&a[b][c]=d%20e')).toEqual({
    amount: '5',
    metadata: { order_id: 'ord_1' },
    a: { b: { c: 'd e' } },
  });
});

test('numbered and unnumbered fields become lists', () => {
  expect(decodeForm('types[0]=card&types[1]=link&expand[]=a&expand[]=b')).toEqual({
    types: ['card', 'link'],
    expand: ['a', 'b'],
  });
});

test('a name cannot reach the prototype, and depth and number are bounded', () => {
  decodeForm('__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1');
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
  expect(decodeForm('a[b][c][d][e][f][g]=1')).toEqual({});
  expect(Object.keys(decodeForm(Array.from({ length: 2_000 }, (_, i) => `n${i}=1`).join('&')))).toHaveLength(500);
});

test('a later value replaces an earlier one', () => {
  expect(decodeForm('a=1&a=2')).toEqual({ a: '2' });
});

test('a field is read as text or as parts, according to its kind', () => {
  const form = decodeForm('a=1&b[c]=2&d[0]=3');
  expect([textOf(form, 'a'), textOf(form, 'b'), textOf(undefined, 'a')]).toEqual(['1', undefined, undefined]);
  expect([partsOf(form, 'b'), partsOf(form, 'a'), partsOf(form, 'd')]).toEqual([{ c: '2' }, undefined, undefined]);
});
