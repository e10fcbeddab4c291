import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { DataFileError, readIfAny, replaceFile } from '../data-file.ts';
import type { JwtAuthorizer } from '../template/app.ts';

/** The user of a token. Groups become the claim `cognito:groups`. */
export interface TokenClaims {
  readonly sub: string;
  readonly groups?: readonly string[];
}

const ALGORITHM = 'ES256';
const KEY_ID = 'local';
const LIFETIME_SECONDS = 12 * 3600;
/** Verified tokens that are cached, because verifying a signature costs more than all other work of the gateway. */
const MAX_CACHED = 1_000;

type Claims = Record<string, unknown>;

/** Issues tokens as a Cognito user pool does, and verifies them as an HTTP API's JWT authorizer does. */
export class Tokens {
  readonly #privateKey: CryptoKey;
  readonly #publicKey: CryptoKey;
  readonly #verified = new Map<string, Claims>();

  private constructor(privateKey: CryptoKey, publicKey: CryptoKey) {
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /**
   * Uses the key of the last run, so that its tokens stay valid; `dataDir` undefined generates a new key.
   *
   * @throws DataFileError when the file of the key is damaged
   */
  static async open(dataDir: string | undefined): Promise<Tokens> {
    const path = dataDir && join(dataDir, 'token-key.json');
    const stored =
      path && readIfAny(path, 'a new key is generated, and tokens of earlier runs are not accepted any more');
    if (path && stored) return new Tokens(...(await keysIn(path, stored)));
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    if (path) replaceFile(path, JSON.stringify(await exportJWK(privateKey)));
    return new Tokens(privateKey, publicKey);
  }

  /** An access token in the shape of Cognito's. */
  issue({ sub, groups }: TokenClaims, authorizer: JwtAuthorizer): Promise<string> {
    const claims = {
      ...(groups?.length && { 'cognito:groups': groups }),
      client_id: authorizer.audience[0],
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: sub,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
      .setSubject(sub)
      .setIssuer(authorizer.issuer)
      .setIssuedAt()
      .setExpirationTime(`${LIFETIME_SECONDS}s`)
      .sign(this.#privateKey);
  }

  /**
   * The claims of a bearer token; undefined when its signature, issuer, times or audience are not valid. The audience
   * is in `aud` or, where there is none (Cognito's access tokens), in `client_id`.
   */
  async verify(authorization: string | undefined, authorizer: JwtAuthorizer): Promise<Claims | undefined> {
    const token = authorization?.replace(/^Bearer /i, '');
    if (!token) return undefined;
    const claims = this.#cached(token) ?? (await this.#check(token));
    if (!claims || claims.iss !== authorizer.issuer) return undefined;
    const audiences = [claims.aud ?? claims.client_id].flat();
    return audiences.some((each) => authorizer.audience.includes(String(each))) ? claims : undefined;
  }

  #cached(token: string): Claims | undefined {
    const claims = this.#verified.get(token);
    if (!claims || Number(claims.exp) * 1000 > Date.now()) return claims;
    this.#verified.delete(token);
    return undefined;
  }

  async #check(token: string): Promise<Claims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, { algorithms: [ALGORITHM], requiredClaims: ['exp'] });
      if (this.#verified.size >= MAX_CACHED) this.#verified.clear();
      this.#verified.set(token, payload);
      return payload;
    } catch {
      return undefined;
    }
  }
}

/** The private key and the public one. */
async function keysIn(path: string, text: string): Promise<[CryptoKey, CryptoKey]> {
  try {
    const stored = JSON.parse(text) as JWK;
    const { d, ...open } = stored;
    if (typeof d !== 'string') throw new Error('no private key');
    const keys = [await importJWK(stored, ALGORITHM), await importJWK(open, ALGORITHM)];
    return keys as [CryptoKey, CryptoKey];
  } catch (cause) {
    throw new DataFileError(
      `${path} is damaged: delete it, and a new key is generated; tokens of earlier runs are not accepted then`,
      { cause },
    );
  }
}
