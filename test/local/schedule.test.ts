import { expect, test } from 'vitest';
import { fire, nextDueMs } from '../../local/bus/schedule.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-11-20T10:30:00Z'); // a Friday

test.each([
  ['rate(1 minute)', MINUTE],
  ['rate(5 minutes)', 5 * MINUTE],
  ['rate(2 hours)', 120 * MINUTE],
  ['rate(1 day)', 24 * 60 * MINUTE],
  ['cron(45 10 * * ? *)', 15 * MINUTE],
  ['cron(0 8 ? * MON-FRI *)', (2 * 24 + 21.5) * 60 * MINUTE],
])('%s is due when EventBridge says', (expression, expected) => {
  expect(nextDueMs(expression, NOW)).toBe(expected);
});

test('a schedule that the runner does not support is refused by name', () => {
  expect(() => nextDueMs('at(2026-11-22T10:00:00)', NOW)).toThrow('at(2026-11-22T10:00:00)');
});

test('a target gets the scheduled event, or the input that the rule gives it', () => {
  const delivered: [string, string][] = [];
  const target = { inputPath: undefined, deadLetterArn: undefined };
  const targets = [
    { ...target, arn: 'arn:a', input: undefined },
    { ...target, arn: 'arn:b', input: '{"kind":"sweep"}' },
  ];
  const arn = 'arn:aws:events:eu-central-1:000000000000:rule/Sweep';
  const rule = { name: 'Sweep', arn, bus: 'default', pattern: undefined, schedule: 'rate(1 minute)', targets };
  fire(rule, (arn, body) => delivered.push([arn, body]));
  expect(JSON.parse(delivered[0]?.[1] ?? '')).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    resources: [arn],
  });
  expect(delivered[1]).toEqual(['arn:b', '{"kind":"sweep"}']);
});
