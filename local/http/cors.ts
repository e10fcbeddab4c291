import type { CorsModel } from '../template/app.ts';

/** By name in lower case. */
type Headers = Readonly<Record<string, string>>;

/**
 * The headers by which a browser lets a script of another origin read the answer; in the answer to a preflight request also
 * what the script may send. Empty when the origin is not allowed, or when the request has none.
 */
export function corsHeaders(cors: CorsModel | undefined, headers: Headers): Record<string, string> {
  const { origin } = headers;
  if (!cors || !origin) return {};
  const allowsAll = cors.allowOrigins.includes('*');
  if (!allowsAll && !cors.allowOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': allowsAll ? '*' : origin,
    ...(cors.exposeHeaders.length > 0 && { 'access-control-expose-headers': cors.exposeHeaders.join(',') }),
    ...(isPreflight(headers) && {
      'access-control-allow-methods': cors.allowMethods.join(','),
      'access-control-allow-headers': cors.allowHeaders.join(','),
      'access-control-max-age': String(cors.maxAgeSeconds),
    }),
  };
}

/** Whether a request is a preflight: a browser asks whether a script may send the real one. */
export function isPreflight(headers: Headers): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}
