import * as z from 'zod/mini';

const functionUse = z.object({
  memoryMb: z.number(),
  invocations: z.number(),
  errors: z.number(),
  coldStarts: z.number(),
  durationMs: z.number(),
  storeCalls: z.number(),
  readUnits: z.number(),
  writeUnits: z.number(),
});

/** The body of `GET /_local/meter`: use since the last reset, by function, table and state machine. */
export const meterReading = z.object({
  sinceMs: z.number(),
  apiCalls: z.number(),
  events: z.number(),
  sqsRequests: z.number(),
  functions: z.record(z.string(), functionUse),
  tables: z.record(z.string(), z.object({ calls: z.number(), readUnits: z.number(), writeUnits: z.number() })),
  stateMachines: z.record(
    z.string(),
    z.object({ type: z.string(), executions: z.number(), transitions: z.number(), durationMs: z.number() }),
  ),
  cpuMs: z.object({ runner: z.number(), store: z.number() }),
});

export type MeterReading = z.output<typeof meterReading>;
export type FunctionUse = z.output<typeof functionUse>;
