/** One call of the AWS JSON protocol. */
export interface AwsCall {
  /** The value of `X-Amz-Target`: `DynamoDB_20120810.PutItem`. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}

/** An answer (JSON text), or `cut`: the connection ends without one, as when a network fails. */
export type AwsAnswer =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | 'cut';

/** One call of an AWS REST API: a method and a path instead of a target. */
export interface RestCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body: string;
}

/**
 * The operations of one AWS service by name. Each takes the parsed input and the calling function (construct id; '' for
 * a caller that is not a function of the app), returns the output, and throws an `AwsError` for a refusal.
 */
export type AwsOperations = Record<string, (input: never, caller: string) => unknown>;

/** An error of an AWS API, by the name that the SDK gives it. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** The error as the JSON protocol writes it. An error other than an `AwsError` becomes a 500. */
export function errorAnswer(error: unknown): AwsAnswer {
  const { name, message } = error as Error;
  const status = error instanceof AwsError ? error.status : 500;
  const type = error instanceof AwsError ? name : 'InternalFailure';
  return { status, body: JSON.stringify({ __type: type, message }) };
}
