import type { AwsAnswer } from './wire-server.ts';

/** An error of an AWS API, by the name that the SDK gives it. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** The error as the JSON protocol writes it. Anything else than an `AwsError` becomes a 500. */
export function errorAnswer(error: unknown): AwsAnswer {
  const { name, message } = error as Error;
  const status = error instanceof AwsError ? error.status : 500;
  const type = error instanceof AwsError ? name : 'InternalFailure';
  return { status, body: JSON.stringify({ __type: type, message }) };
}
