import { AwsError } from './aws-error.ts';
import { checkScope, checkSignature, signatureOf } from './signature.ts';
import type { AwsCall } from './wire-server.ts';

/**
 * Checking a signature costs as much as making it, and a client does all calls of an operation alike: the first ones, which may
 * go another way than those after them, and now and then one more.
 */
const FIRST = 10;
const EVERY = 100;

/** Somebody who may call, and the key for signing. */
export interface Caller {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Knows the functions of the app by what they sign their calls with. */
export class Callers {
  readonly #callers: ReadonlyMap<string, Caller>;
  /** Calls so far, by caller and operation. */
  readonly #calls = new Map<string, number>();

  constructor(callers: readonly Caller[]) {
    this.#callers = new Map(callers.map((caller) => [caller.accessKeyId, caller]));
  }

  /**
   * The name of the function that has signed a call; '' for anybody outside of the app, whose signature is not looked at.
   *
   * @throws AwsError as AWS does when it is not signed as it should be
   */
  nameOf(call: AwsCall): string {
    const signature = signatureOf(call);
    if (!signature)
      throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
    const caller = this.#callers.get(signature.accessKeyId);
    if (!caller) return '';
    checkScope(signature, call);
    const kind = `${caller.name} ${call.target}`;
    const number = (this.#calls.get(kind) ?? 0) + 1;
    this.#calls.set(kind, number);
    if (number <= FIRST || number % EVERY === 0) checkSignature(signature, call, caller.secretAccessKey, Date.now());
    return caller.name;
  }
}
