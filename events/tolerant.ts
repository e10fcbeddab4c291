import * as z from 'zod/mini';

/** What happens to fields that a schema does not name: they are left out, or stay as they are. */
export type UnknownFields = 'dropped' | 'kept';

const made: Readonly<Record<UnknownFields, WeakMap<z.core.$ZodType, z.core.$ZodType>>> = {
  dropped: new WeakMap(),
  kept: new WeakMap(),
};

/**
 * The schema for readers: the same, but fields that it does not name are accepted at every depth. A newer version of the
 * software may have written them. Everything else is as strict as before.
 *
 * @throws Error for a kind of schema that no event uses yet and whose inner schemas are therefore not known here.
 */
export function tolerant<S extends z.core.$ZodType>(schema: S, unknownFields: UnknownFields = 'dropped'): S {
  const known = made[unknownFields].get(schema);
  if (known !== undefined) return known as S;
  const loosened = loosen(schema, (inner) => tolerant(inner, unknownFields), unknownFields) as S;
  made[unknownFields].set(schema, loosened);
  return loosened;
}

function loosen(
  schema: z.core.$ZodType,
  inner: (schema: z.core.$ZodType) => z.core.$ZodType,
  unknownFields: UnknownFields,
): z.core.$ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const changed = (change: object) => z.clone(schema, { ...def, ...change });
  switch (def.type) {
    case 'object': {
      const shape = Object.fromEntries(Object.entries(def.shape).map(([name, field]) => [name, inner(field)]));
      return changed({ shape, catchall: unknownFields === 'kept' ? z.unknown() : undefined });
    }
    case 'array':
      return changed({ element: inner(def.element) });
    case 'optional':
    case 'nullable':
      return changed({ innerType: inner(def.innerType) });
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
      return schema;
    default:
      throw new Error(`a schema of the kind ${def.type} is not used in events`);
  }
}
