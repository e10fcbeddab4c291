import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { allEvents, definitionOf, patternOf, retiredEvents } from '../../events/catalog.ts';
import type { EventDefinition } from '../../events/define-event.ts';
import { envelopeSchema, stockEnvelopeSchema } from '../../events/envelope.ts';
import { releasedEvents, samples } from './samples.ts';

const folder = join(import.meta.dirname, '../../events');
const folders = { 'oms.orders': 'orders', 'oms.inventory': 'inventory' } as Readonly<Record<string, string>>;
const files = Object.values(folders).flatMap((each) => {
  return readdirSync(join(folder, each)).map((file) => `${each}/${file}`);
});
const definitions = allEvents;
const cases = samples.map((sample) => [sample.type, sample] as const);

/** `OrderPlaced`, 1 -> `orders/order-placed.v1.ts`. */
function fileOf({ type, version, source }: EventDefinition): string {
  return `${folders[source]}/${type.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase()}.v${version}.ts`;
}

/** Every object inside a value, the value itself included, with its path. */
function objectsIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => {
    return objectsIn(each, [...path, Array.isArray(value) ? Number(key) : key]);
  });
  return Array.isArray(value) ? inner : [path, ...inner];
}

/** The value with one key more in the object at this path. */
function withExtra(value: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(value);
  const target = path.reduce((inner, key) => (inner as Record<string, unknown>)[key], copy);
  (target as Record<string, unknown>).email = 'a@example.com';
  return copy;
}

/** Every name of a field anywhere in a schema. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(value as object) : []),
    ...fieldsOf(value),
  ]);
}

describe('the catalog of events', () => {
  const everyVersion = [...allEvents, ...retiredEvents];

  it('has every file of the folder, and each file is named for its event and version', () => {
    expect(everyVersion.map(fileOf).sort()).toEqual([...files].sort());
  });

  it('is what each file defines', async () => {
    for (const definition of everyVersion) {
      const module: Record<string, unknown> = await import(join(folder, fileOf(definition)));
      expect(Object.values(module)).toEqual([definition]);
    }
  });

  it('names no event of a version twice, and writes one version of an event', () => {
    const names = everyVersion.map(({ type, version }) => `${type}.v${version}`);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(allEvents.map(({ type }) => type)).size).toBe(allEvents.length);
  });

  it('has names in the past tense', () => {
    for (const { type } of definitions) expect(type).toMatch(/^[A-Z][A-Za-z]+(ed|Held|Low)$/);
  });

  it('finds a definition by type and version, and faults on one that it does not have', () => {
    for (const definition of everyVersion) expect(definitionOf(definition.type, definition.version)).toBe(definition);
    expect(() => definitionOf('OrderVanished', 1)).toThrow(/unknown event OrderVanished.v1/);
    expect(() => definitionOf('OrderPlaced', 2)).toThrow(/OrderPlaced.v2/);
  });

  it('has a sample of every event here', () => {
    expect(samples.map(({ type }) => type).sort()).toEqual(definitions.map(({ type }) => type).sort());
  });
});

describe('the data of every event', () => {
  it.each(cases)('%s is accepted as it is', (_, { type, version, data }) => {
    expect(definitionOf(type, version).data.safeParse(data)).toEqual({ success: true, data });
  });

  it.each(cases)('%s is refused with an undefined field, at any depth', (_, { type, version, data }) => {
    for (const path of objectsIn(data)) {
      const { success } = definitionOf(type, version).data.safeParse(withExtra(data, path));
      expect([path.join('.'), success]).toEqual([path.join('.'), false]);
    }
  });

  it.each(cases)('%s is refused without a field that it needs', (_, { type, version, data }) => {
    const ofItsType: Readonly<Record<string, readonly string[]>> = {
      OrderHeld: ['shipmentId', 'waitsFor'],
      PaymentCaptured: ['covers'],
      PaymentAuthorized: ['purpose', 'captureBefore', 'multicapture'],
      StockAdjusted: ['reason'],
      OrderPlaced: ['taxIncluded', 'discounts', 'shippingOption', 'priceReason'],
      DispatchRequested: ['shippingMinor', 'singleCapture', 'digital'],
      ShipmentBooked: ['digital'],
    };
    const optional = [
      'locale',
      'allowSplitShipments',
      'savesPaymentMethod',
      'returnUrl',
      'sourcing',
      ...(ofItsType[type] ?? []),
    ];
    for (const key of Object.keys(data).filter((each) => !optional.includes(each))) {
      const { [key]: _gone, ...rest } = data as Record<string, unknown>;
      expect([key, definitionOf(type, version).data.safeParse(rest).success]).toEqual([key, false]);
    }
  });

  it.each(definitions.map((each) => [each.type, each] as const))('%s has no field for personal data', (_, { data }) => {
    const personal =
      /^(.*name|e-?mail.*|phone.*|line[12]|street.*|city|postal_?code|zip.*|region|address.*|.*address|contact.*|birth.*|ip|card.*)$/i;
    expect(fieldsOf(z.toJSONSchema(data)).filter((field) => personal.test(field))).toEqual([]);
  });

  it.each(definitions.map((each) => [each.type, each] as const))(
    '%s has units in the names of its amounts',
    (_, { data }) => {
      expect(
        fieldsOf(z.toJSONSchema(data)).filter((field) => /^(amount|price|total|subtotal|weight|tax)$/i.test(field)),
      ).toEqual([]);
    },
  );
});

describe('the rule pattern of an event', () => {
  it.each(definitions.map((each) => [each.type, each] as const))(
    '%s names its source, its type and every version that can be read',
    (type, definition) => {
      const versions = releasedEvents.filter((released) => released.type === type).map(({ version }) => version);
      expect(patternOf(definition)).toEqual({
        source: [definition.source],
        detailType: [type],
        detail: { version: versions.sort() },
      });
    },
  );

  it('takes the version before beside the one that is written', () => {
    expect(patternOf(definitionOf('ShipmentBooked', 2)).detail).toEqual({ version: [1, 2] });
  });

  it('can be narrowed by the data', () => {
    expect(patternOf(definitionOf('CancellationRequested', 1), { from: ['confirmed'] }).detail).toEqual({
      version: [1],
      data: { from: ['confirmed'] },
    });
  });
});

describe('the envelope of an event about stock', () => {
  it('needs every one of its fields but the sequence, which only levels have', () => {
    const envelope = {
      ...{ eventId: 'stock:MUG:1', type: 'StockLow', version: 1, sku: 'MUG', sequence: 1, occurredAt: 'now', data: {} },
    };
    expect(stockEnvelopeSchema.safeParse(envelope).success).toBe(true);
    for (const key of Object.keys(envelope)) {
      const { [key]: _gone, ...rest } = envelope as Record<string, unknown>;
      expect(stockEnvelopeSchema.safeParse(rest).success).toBe(key === 'sequence');
    }
  });
});

describe('the envelope', () => {
  it('needs every one of its fields', () => {
    const envelope = {
      ...{ eventId: 'ord_1:1:0', type: 'OrderPlaced', version: 1, orderId: 'ord_1', sequence: 1, index: 0, count: 1 },
      ...{ occurredAt: 'now', correlationId: 'c', causationId: 'c', traceparent: '', data: {} },
    };
    expect(envelopeSchema.safeParse(envelope).success).toBe(true);
    for (const key of Object.keys(envelope)) {
      const { [key]: _gone, ...rest } = envelope as Record<string, unknown>;
      expect(envelopeSchema.safeParse(rest).success).toBe(false);
    }
  });
});
