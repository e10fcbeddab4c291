import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  allEvents,
  definitionOf,
  type OrderEvent,
  orderEvents,
  readEvent,
  retiredEvents,
} from '../../events/catalog.ts';
import { upcast } from '../../events/upcast.ts';
import { fromItem } from '../../functions/orders/adapters/commit-item.ts';
import { applyCommit, foldOrder } from '../../functions/orders/domain/fold-order.ts';
import { type From, transitions } from '../../functions/orders/domain/transitions.ts';
import { commitsOf, confirmation, event, orderId, origin, placed } from '../functions/orders/given.ts';
import { releasedEvents } from './samples.ts';

const written = (type: string) => allEvents.find((each) => each.type === type)?.version;
const isOfOrder = (type: string): type is OrderEvent['type'] => orderEvents.some((each) => each.type === type);
const cases = releasedEvents.flatMap(({ type, version, data }) =>
  data.map((each, index) => [`${type}.v${version}, sample ${index + 1}`, { type, version, data: each }] as const),
);

/** The item of a commit with these events, as the table has it. */
const stored = (version: number, ...events: readonly object[]) =>
  marshall({ ...origin, orderId, version, events: JSON.stringify(events), committedAt: '2026-11-22T09:30:00.000Z' });

/** Histories after which an order has each status. */
const before: Readonly<Record<Exclude<From, 'completed' | 'rejected' | 'cancelled'>, readonly OrderEvent[][]>> = {
  none: [],
  placed: [placed],
  confirmed: [placed, confirmation()],
  on_hold: [placed, confirmation(), [event('OrderHeld', { reason: 'review', detail: 'Odd.' })]],
};

/** The value with a field that no schema names, in each of its objects. */
function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, each]) => [key, withUnknownFields(each)]);
  return { ...Object.fromEntries(fields), addedLater: { by: 'a newer writer' } };
}

describe('every version of an event', () => {
  it('has samples as it was released', () => {
    const names = [...allEvents, ...retiredEvents].map(({ type, version }) => `${type}.v${version}`);
    expect(releasedEvents.map(({ type, version }) => `${type}.v${version}`).sort()).toEqual(names.sort());
  });

  it('that is written no more is converted to the one that is', () => {
    for (const { type, version } of retiredEvents) {
      expect(upcast({ type, version, data: {} }).version).toBe(written(type));
    }
  });
});

describe('an event as it was released', () => {
  it.each(cases.filter(([, { type }]) => isOfOrder(type)))('%s is read from a log and folded', (_, sample) => {
    const [from] = transitions[sample.type as OrderEvent['type']].from;
    const earlier = commitsOf(...before[from as keyof typeof before]);
    const commit = fromItem(stored(earlier.length + 1, sample));
    const [read] = commit.events;
    expect(read).toMatchObject({ type: sample.type, version: written(sample.type) });
    expect(definitionOf(sample.type, read?.version ?? 0).data.safeParse(read?.data).success).toBe(true);
    expect(applyCommit(foldOrder(earlier), commit).version).toBe(earlier.length + 1);
  });

  it.each(cases.filter(([, { type }]) => !isOfOrder(type)))('%s is read from the bus', (_, sample) => {
    expect(readEvent(sample, 'dropped')).toEqual(sample);
  });

  const asPublished = cases.filter(([, { data }]) => typeof data.sourcing !== 'string');
  it.each(asPublished)('%s is read with fields that are not known, and is the same without them', (_, sample) => {
    const newer = { ...sample, data: withUnknownFields(sample.data) };
    expect(readEvent(newer, 'dropped')).toEqual(readEvent(sample, 'dropped'));
    const kept = readEvent(newer, 'kept').data;
    expect(JSON.stringify(kept).match(/addedLater/g)).toEqual(JSON.stringify(newer.data).match(/addedLater/g));
  });

  it.each(asPublished)('%s is not read without a field that the version that is written needs', (_, sample) => {
    const { type, data } = sample;
    const schema = definitionOf(type, written(type) ?? 0).data;
    const whole = readEvent(sample, 'dropped').data as object;
    const needed = Object.keys(whole).filter((key) => !schema.safeParse({ ...whole, [key]: undefined }).success);
    for (const key of needed) {
      expect(() => readEvent({ ...sample, data: { ...data, [key]: undefined } }, 'dropped'), key).toThrow();
    }
  });
});

describe('a conversion to a newer version', () => {
  it('of a booked shipment drops the address of its label, which needs no sign-in', () => {
    const [old] = releasedEvents.filter(({ type, version }) => type === 'ShipmentBooked' && version === 1);
    const data = old?.data[0] ?? {};
    const { labelUrl, ...rest } = data;
    expect(labelUrl).toMatch(/^https:/);
    expect(upcast({ type: 'ShipmentBooked', version: 1, data })).toEqual({
      type: 'ShipmentBooked',
      version: 2,
      data: rest,
    });
    expect(data).toHaveProperty('labelUrl');
  });

  it('leaves an event alone that is of the version that is written, or of one that is not known yet', () => {
    for (const version of [2, 3]) {
      const same = { type: 'ShipmentBooked', version, data: { labelUrl: 'x' } };
      expect(upcast(same)).toBe(same);
    }
    expect(() => readEvent({ type: 'ShipmentBooked', version: 3, data: {} }, 'kept')).toThrow(/ShipmentBooked.v3/);
  });
});
