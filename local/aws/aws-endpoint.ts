import type { DynamoEndpoint } from '../dynamodb/dynamo-endpoint.ts';
import { DYNAMODB } from '../dynamodb/store-access.ts';
import { AwsError, errorAnswer } from './aws-error.ts';
import type { Callers } from './callers.ts';
import type { AwsAnswer, AwsCall } from './wire-server.ts';

/** Operations of one AWS service: input in, output out, an `AwsError` thrown for a refusal. */
export type AwsOperations = Record<string, (input: never, caller: string) => unknown>;

/** Routes the calls of all services by their target, and knows each caller by its signature. */
export class AwsEndpoint {
  readonly #dynamo: DynamoEndpoint;
  readonly #services: Record<string, AwsOperations>;
  readonly #callers: Callers;

  /** @param services operations by target prefix (`AWSEvents`) */
  constructor(dynamo: DynamoEndpoint, services: Record<string, AwsOperations>, callers: Callers) {
    this.#dynamo = dynamo;
    this.#services = services;
    this.#callers = callers;
  }

  /** Answers a call. Never throws. */
  async answer(call: AwsCall): Promise<AwsAnswer> {
    try {
      const caller = this.#callers.nameOf(call);
      if (call.target.startsWith(DYNAMODB)) return await this.#dynamo.answer(call, caller);
      const [service = '', operation = ''] = call.target.split('.');
      const run = this.#services[service]?.[operation];
      if (!run) throw new AwsError('UnknownOperationException', `the local runner does not know ${call.target}`);
      const output = await run(JSON.parse(call.body || '{}') as never, caller);
      return { status: 200, body: JSON.stringify(output ?? {}) };
    } catch (error) {
      return errorAnswer(error);
    }
  }
}
