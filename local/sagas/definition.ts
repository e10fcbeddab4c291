import type { StateMachineModel } from '../template/app.ts';

type Json = Record<string, unknown>;

/** A task without a timeout of its own may take as long as a function: 15 minutes. */
const LONGEST_TASK_SECONDS = 900;

/** Fields that the local engine ignores silently. */
const IGNORED_BY_THE_ENGINE = ['Assign', 'Arguments', 'Output', 'ItemReader', 'ResultWriter', 'ToleratedFailureCount'];

interface Retrier extends Json {
  IntervalSeconds?: number;
  MaxDelaySeconds?: number;
}

export interface Definition {
  readonly asl: Json;
  /** Function ARN by task state, nested ones included. */
  readonly tasks: ReadonlyMap<string, string>;
}

/**
 * Parses a state machine's definition and adapts it to the engine: retry delays are multiplied by `retryScale`, and the
 * engine's own default timeout of a minute is replaced by Lambda's. Throws on everything that the engine ignores (JSONata,
 * variables) or cannot call.
 */
export function readDefinition({ name, definition }: StateMachineModel, retryScale: number): Definition {
  const asl = JSON.parse(definition) as Json;
  const tasks = new Map<string, string>();
  const refuse = (what: string) => {
    throw new Error(`state machine ${name}: ${what} is not supported locally`);
  };
  const visitStates = (container: Json) => {
    if ((container.QueryLanguage ?? 'JSONPath') !== 'JSONPath') refuse(`query language ${container.QueryLanguage}`);
    for (const [stateName, state] of Object.entries((container.States ?? {}) as Record<string, Json>)) {
      if ((state.QueryLanguage ?? 'JSONPath') !== 'JSONPath') refuse(`query language ${state.QueryLanguage}`);
      for (const field of IGNORED_BY_THE_ENGINE) if (field in state) refuse(`${field} (state ${stateName})`);
      for (const retrier of (state.Retry ?? []) as Retrier[]) scaleDelays(retrier, retryScale);
      if (state.Type === 'Task') {
        const resource = String(state.Resource);
        if (!/^arn:aws:lambda:[^:]*:\d*:function:/.test(resource))
          refuse(`the resource ${resource} (state ${stateName})`);
        if (tasks.has(stateName)) refuse(`the second state of the name ${stateName}`);
        tasks.set(stateName, resource);
        if (!('TimeoutSecondsPath' in state)) state.TimeoutSeconds ??= LONGEST_TASK_SECONDS;
      }
      for (const branch of (state.Branches ?? []) as Json[]) visitStates(branch);
      for (const nested of [state.Iterator, state.ItemProcessor]) if (nested) visitStates(nested as Json);
    }
  };
  visitStates(asl);
  return { asl, tasks };
}

function scaleDelays(retrier: Retrier, scale: number): void {
  retrier.IntervalSeconds = (retrier.IntervalSeconds ?? 1) * scale;
  if (retrier.MaxDelaySeconds !== undefined) retrier.MaxDelaySeconds *= scale;
}
