import type { FunctionModel } from '../template/app.ts';
import { type AwsCall, AwsError } from './call.ts';
import { SignatureCheck, signatureOf } from './signature.ts';

/** The credentials that a function signs its calls with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Every function has a key of its own, by which the endpoint identifies the caller. */
export function credentialsOf({ name }: Pick<FunctionModel, 'name'>): Credentials {
  const plain = name.replace(/[^A-Za-z0-9]/g, '');
  return { accessKeyId: `LOCAL${plain}`, secretAccessKey: `secret of ${plain}` };
}

/**
 * The construct id of the function that signed a call; '' for a key that belongs to none of the app's functions, whose
 * signature is not checked.
 *
 * @throws AwsError, as AWS does, when the signature is missing or invalid
 */
export type Authenticate = (call: AwsCall) => string;

/** Checks the signature of every call that is made with a function's key: it must be for this region. */
export function authenticator(functions: readonly Pick<FunctionModel, 'name'>[], region: string): Authenticate {
  const byKey = new Map(
    functions.map(({ name }) => {
      const { accessKeyId, secretAccessKey } = credentialsOf({ name });
      return [accessKeyId, { name, check: new SignatureCheck(secretAccessKey, region) }];
    }),
  );
  return (call) => {
    const signature = signatureOf(call);
    if (!signature) {
      throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
    }
    const found = byKey.get(signature.accessKeyId);
    if (!found) return '';
    found.check.verify(signature, call, Date.now());
    return found.name;
  };
}
