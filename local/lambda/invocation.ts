import { FaultPlan, type FaultRule } from '../fault-plan.ts';

/** What a handler threw, as Lambda writes it down. */
export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What an invocation ended with: the handler's result as JSON text, or its error. */
export type InvocationResult = { readonly payload: string } | { readonly error: InvocationError };

/** Invokes a function by its ARN and waits. `event` is JSON text. Never rejects. */
export type Invoke = (functionArn: string, event: string) => Promise<InvocationResult>;

/** An error of the platform, not of the handler. */
export function platformError(errorType: string, errorMessage: string): { readonly error: InvocationError } {
  return { error: { errorType, errorMessage, trace: [] } };
}

/** An invocation as fault rules see it. */
export interface InvocationCall {
  readonly function: string;
  /** The event as JSON text. */
  readonly event: string;
}

/** `fail`: the function does not run. `lost`: it runs, and then its answer is lost. */
export interface InvokeFault extends FaultRule<InvocationCall> {
  readonly kind: 'fail' | 'lost';
  readonly function?: string;
  /** Error name that the invoker sees; `TransientFault` unless told. */
  readonly error?: string;
}

export type InvokeFaults = FaultPlan<InvocationCall, InvokeFault>;

export function invokeFaults(): InvokeFaults {
  return new FaultPlan((rule, call) => (rule.function ?? call.function) === call.function);
}
