import type * as z from 'zod/mini';

/** The pattern of an EventBridge rule: values of an event's fields and, optionally, of its data. */
export interface EventPattern {
  readonly source: string[];
  readonly detailType: string[];
  readonly detail?: { readonly version: number[]; readonly data?: Readonly<Record<string, readonly unknown[]>> };
}

/** One version of one event: its name, its schema, and the source under which it is published. */
export interface EventDefinition<
  Type extends string = string,
  Data extends z.ZodMiniType = z.ZodMiniType,
  Version extends number = number,
> {
  readonly type: Type;
  readonly version: Version;
  readonly source: string;
  /** The facts of the event, for writers: unknown keys are refused before anything is committed. */
  readonly data: Data;
}

/** An event before it is committed, typed by its definition. */
export interface EventOf<Definition extends EventDefinition> {
  readonly type: Definition['type'];
  readonly version: Definition['version'];
  readonly data: z.output<Definition['data']>;
}

/** Defines one version of an event. */
export function defineEvent<const Type extends string, Data extends z.ZodMiniType, const Version extends number>(
  definition: EventDefinition<Type, Data, Version>,
): EventDefinition<Type, Data, Version> {
  return definition;
}
