import { describe, expect, it } from 'vitest';
import { layouts, type TableLayout } from '../support/dynamodb.ts';
import { synthesize } from './synthesis.ts';

const tables = synthesize().ofType('AWS::DynamoDB::Table');

/** A key as text: `orderId (S), version (N)`. */
function keyOf(schema: unknown, attributes: unknown): string {
  const types = attributes as { AttributeName: string; AttributeType: string }[];
  const names = (schema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
  return names
    .map((name) => `${name} (${types.find((each) => each.AttributeName === name)?.AttributeType})`)
    .join(', ');
}

function wantedKey({ pk, sk, skType = 'S' }: { pk: string; sk?: string; skType?: 'S' | 'N' }): string {
  return sk === undefined ? `${pk} (S)` : `${pk} (S), ${sk} (${skType})`;
}

describe('the tables that tests make', () => {
  it.each(Object.values(layouts))('have the keys and indexes of the deployed one: $name', (layout: TableLayout) => {
    const deployed = tables.filter(({ name }) => new RegExp(`\\.${layout.name}(Table)?[0-9A-F]{8}$`).test(name));
    expect(deployed.map(({ name }) => name)).toHaveLength(1);
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = deployed[0]?.Properties ?? {};
    expect(keyOf(KeySchema, AttributeDefinitions)).toBe(wantedKey(layout));
    const indexes = (GlobalSecondaryIndexes as { IndexName: string; KeySchema: unknown; Projection: object }[]).map(
      (index) => [index.IndexName, keyOf(index.KeySchema, AttributeDefinitions), index.Projection],
    );
    const wanted = (layout.indexes ?? []).map((index) => [
      index.name,
      wantedKey(index),
      { ProjectionType: 'KEYS_ONLY' },
    ]);
    expect(indexes.sort()).toEqual(wanted.sort());
  });
});
