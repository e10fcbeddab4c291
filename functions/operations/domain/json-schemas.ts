import * as z from 'zod/mini';
import { requestSchemas, responseSchemas } from '../../../api/schemas.ts';

export type Json = Record<string, unknown>;

/** The schemas of the document. */
export interface JsonSchemas {
  /** The named schemas by name. They refer to one another by `$ref`. */
  readonly named: Readonly<Record<string, Json>>;
  /** A schema as it is used: a `$ref` to a named one, any other written out. */
  readonly of: (schema: z.ZodMiniType) => Json;
}

type Io = 'input' | 'output';

const addressOf = (name: string) => `#/components/schemas/${name}`;

/**
 * Converts the named schemas of the contract: those of requests as a client sends them, those of answers as a client
 * receives them.
 *
 * @param others unnamed schemas, of parameters and headers.
 */
export function jsonSchemas(others: Iterable<z.ZodMiniType>): JsonSchemas {
  const names = new Map(Object.entries({ ...requestSchemas, ...responseSchemas }).map(([name, each]) => [each, name]));
  const unnamed = new Map([...new Set(others)].filter((each) => !names.has(each)).map((each, at) => [each, `#${at}`]));
  const requests = converted(new Map(Object.entries(requestSchemas).map(([name, each]) => [each, name])), 'input');
  const answers = converted(new Map([...names, ...unnamed]), 'output');
  const ofAnswers = Object.fromEntries(Object.keys(responseSchemas).map((name) => [name, answers[name] ?? {}]));
  return {
    named: { ...requests, ...ofAnswers },
    of: (schema) => {
      const name = names.get(schema);
      if (name !== undefined) return { $ref: addressOf(name) };
      const found = answers[unnamed.get(schema) ?? ''];
      if (found === undefined) throw new Error('a body of the contract has no name in api/schemas.ts');
      return found;
    },
  };
}

function converted(named: ReadonlyMap<z.ZodMiniType, string>, io: Io): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: addressOf,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => adapt(jsonSchema, io),
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _address, ...schema }]) => [name, schema]),
  );
}

/**
 * Adapts a schema for generators of clients. Integers have 64 bits, not the bounds of JavaScript's exact integers. Answers
 * may have fields that a client does not know: later versions add fields.
 */
function adapt(schema: z.core.JSONSchema.BaseSchema, io: Io): void {
  if (schema.type === 'integer') {
    schema.format = 'int64';
    if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
    if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  }
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}
