/**
 * A negative answer of the business rules to a request that was understood. It is a value. Faults (timeouts, throttles,
 * defects) are thrown; see `faults.ts`.
 */
export interface Refusal<Code extends string = string> {
  readonly refused: {
    readonly code: Code;
    /** One sentence for a person; carries no personal data. */
    readonly detail: string;
    /** The fields at fault, for an answer over HTTP. */
    readonly errors?: readonly FieldError[];
  };
}

export interface FieldError {
  /** Dotted path into the request, such as `lines.0.quantity`. */
  readonly path: string;
  readonly message: string;
}

export function refuse<Code extends string>(code: Code, detail: string, errors?: readonly FieldError[]): Refusal<Code> {
  return { refused: errors === undefined ? { code, detail } : { code, detail, errors } };
}

export function isRefusal<T>(answer: T): answer is Extract<T, Refusal> {
  return typeof answer === 'object' && answer !== null && 'refused' in answer;
}
