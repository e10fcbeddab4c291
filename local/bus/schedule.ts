import { randomUUID } from 'node:crypto';
import cronParser from 'aws-cron-parser';
import type { RuleModel } from '../template/app.ts';
import { ACCOUNT, regionOf } from '../template/resource-types.ts';
import { bodyFor, type Deliver } from './event-bus.ts';

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Longest delay of Node's timers. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds from `now` until a `rate(…)` or `cron(…)` expression is due next. Throws on any other. */
export function nextDueMs(expression: string, now: Date): number {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return Number(rate[1]) * (UNIT_MS[String(rate[2])] as number);
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (!cron) throw new Error(`the local runner does not support the schedule ${expression}`);
  const next = cronParser.next(cronParser.parse(String(cron[1])), now);
  return next ? next.getTime() - now.getTime() : LONGEST_TIMER_MS;
}

/** Fires the scheduled rules. Events that were due while the runner was stopped are not delivered later. */
export class Schedules {
  readonly #timers = new Map<RuleModel, NodeJS.Timeout>();

  start(rules: readonly RuleModel[], deliver: Deliver): void {
    for (const rule of rules) if (rule.schedule) this.#arm(rule, rule.schedule, deliver);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #arm(rule: RuleModel, expression: string, deliver: Deliver): void {
    const dueMs = Math.min(nextDueMs(expression, new Date()), LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      fire(rule, deliver);
      this.#arm(rule, expression, deliver);
    }, dueMs).unref();
    this.#timers.set(rule, timer);
  }
}

/** Delivers a scheduled rule's event to its targets now. */
export function fire(rule: RuleModel, deliver: Deliver): void {
  const event = {
    version: '0' as const,
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region: regionOf(rule.arn),
    resources: [rule.arn],
    detail: {},
  };
  for (const target of rule.targets) deliver(target.arn, bodyFor(target, event));
}
