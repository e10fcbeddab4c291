import type * as z from 'zod/mini';

/** The pattern of an EventBridge rule: values of an event's fields and, optionally, of its data. */
export interface EventPattern {
  readonly source: string[];
  readonly detailType: string[];
  readonly detail?: { readonly version: number[]; readonly data?: Readonly<Record<string, readonly unknown[]>> };
}

/** One version of one event: its name, its schema, and the pattern that routes it. */
export interface EventDefinition<Type extends string = string, Data extends z.ZodMiniType = z.ZodMiniType> {
  readonly type: Type;
  readonly version: number;
  readonly source: string;
  /** The facts of the event; unknown keys are refused before anything is committed. */
  readonly data: Data;
  /** The rule pattern of this version; `data` narrows it, for instance `{ from: ['confirmed'] }`. */
  pattern(data?: Readonly<Record<string, readonly unknown[]>>): EventPattern;
}

/** An event before it is committed, typed by its definition. */
export interface EventOf<Definition extends EventDefinition> {
  readonly type: Definition['type'];
  readonly version: number;
  readonly data: z.output<Definition['data']>;
}

/** Defines one version of an event and derives its rule pattern. */
export function defineEvent<const Type extends string, Data extends z.ZodMiniType>(definition: {
  readonly type: Type;
  readonly version: number;
  readonly source: string;
  readonly data: Data;
}): EventDefinition<Type, Data> {
  return {
    ...definition,
    pattern: (data) => ({
      source: [definition.source],
      detailType: [definition.type],
      detail: data === undefined ? { version: [definition.version] } : { version: [definition.version], data },
    }),
  };
}
