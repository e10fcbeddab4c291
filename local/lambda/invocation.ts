import { FaultPlan, type FaultRule } from '../fault-plan.ts';

/** An error that a handler threw, in Lambda's format. */
export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** The result of an invocation: what the handler returned, as JSON text, or its error. */
export type InvocationResult = { readonly payload: string } | { readonly error: InvocationError };

/** Invokes a function by its ARN with an event (JSON text) and waits for the result. Never rejects. */
export type Invoke = (functionArn: string, event: string) => Promise<InvocationResult>;

/** An error of the Lambda service itself, not of the handler. */
export function platformError(errorType: string, errorMessage: string): { readonly error: InvocationError } {
  return { error: { errorType, errorMessage, trace: [] } };
}

/** An invocation as fault rules see it. */
export interface InvocationCall {
  /** Construct id: `ReserveStock`. */
  readonly function: string;
  /** The event as JSON text. */
  readonly event: string;
}

/** `fail`: the function does not run. `lost`: it runs, and its result is replaced by an error. */
export interface InvokeFault extends FaultRule<InvocationCall> {
  readonly kind: 'fail' | 'lost';
  /** Construct id; any function by default. */
  readonly function?: string;
  /** Name of the error that the invoker sees; default `TransientFault`. */
  readonly error?: string;
}

export type InvokeFaults = FaultPlan<InvocationCall, InvokeFault>;

export function invokeFaults(): InvokeFaults {
  return new FaultPlan((rule, call) => (rule.function ?? call.function) === call.function);
}
