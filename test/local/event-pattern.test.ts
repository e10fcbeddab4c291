import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../local/bus/pattern.ts';

// The examples of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html, and
// one event each that must not match.
const EXAMPLES: [name: string, pattern: object, matching: object[], others: object[]][] = [
  ['equals', { Name: ['Alice'] }, [{ Name: 'Alice' }], [{ Name: 'alice' }, {}, { Name: ['Bob'] }]],
  ['equals a number', { Price: [100] }, [{ Price: 100 }, { Price: 1e2 }], [{ Price: '100' }, { Price: 101 }]],
  ['equals a boolean', { paid: [true] }, [{ paid: true }], [{ paid: 'true' }, { paid: false }]],
  ['one of', { day: ['Monday', 'Tuesday'] }, [{ day: 'Tuesday' }], [{ day: 'Friday' }]],
  ['and', { place: ['New York'], day: ['Monday'] }, [{ place: 'New York', day: 'Monday' }], [{ day: 'Monday' }]],
  ['null', { UserID: [null] }, [{ UserID: null }], [{ UserID: '' }, {}, { UserID: 'null' }]],
  ['empty', { LastName: [''] }, [{ LastName: '' }], [{ LastName: null }, {}, { LastName: ' ' }]],
  ['a list in the event', { tags: ['b'] }, [{ tags: ['a', 'b'] }], [{ tags: ['a'] }, { tags: [] }]],
  ['nested', { detail: { state: ['ok'] } }, [{ detail: { state: 'ok' } }], [{ state: 'ok' }, { detail: 'ok' }]],
  ['prefix', { Region: [{ prefix: 'us-' }] }, [{ Region: 'us-east-1' }], [{ Region: 'eu-us-1' }, { Region: 5 }]],
  [
    'prefix, ignoring case',
    { service: [{ prefix: { 'equals-ignore-case': 'eventb' } }] },
    [{ service: 'EventBridge' }],
    [{ service: 'MyEventBridge' }],
  ],
  ['suffix', { FileName: [{ suffix: '.png' }] }, [{ FileName: 'a.png' }], [{ FileName: 'a.PNG' }, { FileName: 'png' }]],
  [
    'suffix, ignoring case',
    { FileName: [{ suffix: { 'equals-ignore-case': '.png' } }] },
    [{ FileName: 'a.PNG' }],
    [{ FileName: 'a.png.txt' }],
  ],
  ['equals, ignoring case', { Name: [{ 'equals-ignore-case': 'alice' }] }, [{ Name: 'ALICE' }], [{ Name: 'alicex' }]],
  [
    'wildcard',
    { path: [{ wildcard: 'dir/*.png' }] },
    [{ path: 'dir/a.png' }, { path: 'dir/x/y.png' }],
    [{ path: 'dir/a.pngx' }, { path: 'xdir/a.png' }],
  ],
  ['wildcard, escaped', { q: [{ wildcard: 'a\\*b\\\\*' }] }, [{ q: 'a*b\\c' }], [{ q: 'axb\\c' }, { q: 'a*bc' }]],
  ['wildcard keeps other signs', { q: [{ wildcard: 'a.b*' }] }, [{ q: 'a.bc' }], [{ q: 'axbc' }]],
  [
    'exists',
    { ProductName: [{ exists: true }] },
    [{ ProductName: 'x' }, { ProductName: null }],
    [{}, { ProductName: {} }],
  ],
  ['does not exist', { ProductName: [{ exists: false }] }, [{}], [{ ProductName: 'x' }]],
  ['numeric, equal', { Price: [{ numeric: ['=', 100] }] }, [{ Price: 100 }], [{ Price: 99 }, { Price: '100' }]],
  [
    'numeric, range',
    { Price: [{ numeric: ['>', 10, '<=', 20] }] },
    [{ Price: 11 }, { Price: 20 }],
    [{ Price: 10 }, { Price: 20.1 }],
  ],
  [
    'ip address',
    { sourceIPAddress: [{ cidr: '10.0.0.0/24' }] },
    [{ sourceIPAddress: '10.0.0.17' }],
    [{ sourceIPAddress: '10.0.1.17' }, { sourceIPAddress: 'here' }],
  ],
  ['ip address, version 6', { ip: [{ cidr: '2001:db8::/32' }] }, [{ ip: '2001:db8::1' }], [{ ip: '2001:db9::1' }]],
  [
    'or in one field, several operators',
    { Price: [{ numeric: ['<', 10] }, { numeric: ['>', 100] }, 50] },
    [{ Price: 5 }, { Price: 101 }, { Price: 50 }],
    [{ Price: 60 }],
  ],
  [
    '$or over fields',
    { $or: [{ Location: ['New York'] }, { Day: ['Monday'] }] },
    [{ Location: 'New York' }, { Day: 'Monday' }],
    [{ Location: 'Vienna', Day: 'Friday' }],
  ],
  [
    '$or with and, nested',
    { detail: { $or: [{ c: [{ numeric: ['>', 0] }] }, { x: { y: ['ok'] } }], d: [1] } },
    [{ detail: { c: 1, d: 1 } }, { detail: { x: { y: 'ok' }, d: 1 } }],
    [{ detail: { c: 1 } }, { detail: { c: 0, d: 1 } }],
  ],
  [
    'anything but',
    { state: [{ 'anything-but': 'initializing' }] },
    [{ state: 'running' }],
    [{ state: 'initializing' }, {}],
  ],
  [
    'anything but a list',
    { state: [{ 'anything-but': ['stopped', 'overloaded'] }] },
    [{ state: 'running' }],
    [{ state: 'overloaded' }],
  ],
  ['anything but numbers', { limit: [{ 'anything-but': [100, 200] }] }, [{ limit: 300 }], [{ limit: 200 }]],
  ['anything but null', { limit: [{ 'anything-but': null }] }, [{ limit: 0 }], [{ limit: null }]],
  [
    'anything but a prefix',
    { Region: [{ 'anything-but': { prefix: 'us-' } }] },
    [{ Region: 'eu-west-1' }],
    [{ Region: 'us-east-1' }],
  ],
  [
    'anything but prefixes',
    { state: [{ 'anything-but': { prefix: ['init', 'error'] } }] },
    [{ state: 'ok' }],
    [{ state: 'error-7' }],
  ],
  [
    'anything but a suffix',
    { FileName: [{ 'anything-but': { suffix: '.png' } }] },
    [{ FileName: 'a.gif' }],
    [{ FileName: 'a.png' }],
  ],
  [
    'anything but, ignoring case',
    { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
    [{ state: 'running' }],
    [{ state: 'INITIALIZING' }, { state: 'Stopped' }],
  ],
  [
    'anything but a wildcard',
    { FilePath: [{ 'anything-but': { wildcard: '*/lib/*' } }] },
    [{ FilePath: '/usr/bin/x' }],
    [{ FilePath: '/usr/lib/x' }],
  ],
  [
    'a list of objects matches when one does wholly',
    { lines: { sku: ['A'], quantity: [2] } },
    [
      {
        lines: [
          { sku: 'B', quantity: 1 },
          { sku: 'A', quantity: 2 },
        ],
      },
    ],
    [
      {
        lines: [
          { sku: 'A', quantity: 1 },
          { sku: 'B', quantity: 2 },
        ],
      },
    ],
  ],
];

describe.each(EXAMPLES)('%s', (_, pattern, matching, others) => {
  const matches = compilePattern(JSON.stringify(pattern));

  test.each(matching)('matches %j', (event) => expect(matches(event)).toBe(true));
  test.each(others)('does not match %j', (event) => expect(matches(event)).toBe(false));
});

test.each([
  { source: 'not a list' },
  { source: [] },
  { source: [{ startsWith: 'a' }] },
  { source: [{ prefix: 5 }] },
  { source: [{ prefix: 'a', suffix: 'b' }] },
  { source: [{ numeric: ['~', 5] }] },
  { source: [{ numeric: ['>'] }] },
  { source: [{ cidr: '10.0.0.0' }] },
  { source: [{ wildcard: 'a**b' }] },
  { source: [{ 'anything-but': { exists: true } }] },
  { $or: [] },
])('a pattern that EventBridge would refuse is refused: %j', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow('event pattern is not valid');
});
