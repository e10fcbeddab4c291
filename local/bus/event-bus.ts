import { randomUUID } from 'node:crypto';
import type { Authorize } from '../authorization.ts';
import { AwsError, type AwsOperations } from '../aws/call.ts';
import type { Meter } from '../meter.ts';
import type { App, RuleModel, RuleTarget } from '../template/app.ts';
import { ACCOUNT, localArn } from '../template/resource-types.ts';

/** An event as targets receive it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

interface PutEntry {
  EventBusName?: string;
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Time?: number;
  Resources?: string[];
}

/** PutEvents takes up to 10 entries; EventBridge bills an event for each 64 KB of an entry. */
const MAX_ENTRIES = 10;
const BILLED_BYTES = 64 * 1024;

/** Delivers text to a target's ARN. It survives the end of this process once this returns. */
export type Deliver = (targetArn: string, body: string) => void;

/** Matches events against the rules of their bus and delivers them to the rules' targets. */
export class EventBus {
  readonly #region: string;
  readonly #rules: readonly RuleModel[];
  readonly #deliver: Deliver;
  readonly #meter: Meter;

  constructor({ region, rules }: Pick<App, 'region' | 'rules'>, deliver: Deliver, meter: Meter) {
    this.#region = region;
    this.#rules = rules.filter(({ pattern }) => pattern);
    this.#deliver = deliver;
    this.#meter = meter;
  }

  /** Accepts one event and answers its id. */
  put(bus: string, event: Omit<BusEvent, 'version' | 'id' | 'account' | 'region'>): string {
    const full: BusEvent = { version: '0', id: randomUUID(), account: ACCOUNT, region: this.#region, ...event };
    for (const rule of this.#rules) {
      if (rule.bus !== bus || !rule.pattern?.(full)) continue;
      for (const target of rule.targets) this.#deliver(target.arn, bodyFor(target, full));
    }
    return full.id;
  }

  operations(buses: readonly string[], authorize: Authorize): AwsOperations {
    return {
      PutEvents: ({ Entries = [] }: { Entries?: PutEntry[] }, caller: string) => {
        if (Entries.length === 0 || Entries.length > MAX_ENTRIES) {
          throw new AwsError(
            'ValidationException',
            `PutEvents takes 1 to ${MAX_ENTRIES} entries, not ${Entries.length}`,
          );
        }
        const results = Entries.map((entry) => this.#putEntry(entry, caller, buses, authorize));
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    } as AwsOperations;
  }

  #putEntry(
    entry: PutEntry,
    caller: string,
    buses: readonly string[],
    authorize: Authorize,
  ): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const { EventBusName = 'default', Source, DetailType, Detail, Time, Resources = [] } = entry;
    const bus = EventBusName.slice(EventBusName.lastIndexOf('/') + 1);
    authorize(caller, 'events:PutEvents', localArn(this.#region, 'events', `event-bus/${bus}`));
    if (!Source || !DetailType || !Detail) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required' };
    }
    const detail = parseDetail(Detail);
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    this.#meter.events += Math.ceil(Buffer.byteLength(Detail) / BILLED_BYTES);
    // As in EventBridge, an event for a bus that does not exist is accepted and dropped.
    if (bus !== 'default' && !buses.includes(bus)) return { EventId: randomUUID() };
    const time = `${new Date(Time === undefined ? Date.now() : Time * 1000).toISOString().slice(0, 19)}Z`;
    return {
      EventId: this.put(bus, { source: Source, 'detail-type': DetailType, time, resources: Resources, detail }),
    };
  }
}

function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** What a target receives: the whole event, a constant, or the part that a simple path (`$.detail`) names. */
export function bodyFor({ input, inputPath }: RuleTarget, event: BusEvent): string {
  if (input !== undefined) return input;
  if (inputPath === undefined || inputPath === '$') return JSON.stringify(event);
  const keys = inputPath.replace(/^\$\./, '').split('.');
  const part = keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], event);
  return JSON.stringify(part ?? null);
}
