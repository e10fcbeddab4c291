import type { CorsModel } from '../template/app.ts';

/** By name in lower case. */
type Headers = Readonly<Record<string, string>>;

/**
 * The headers that a browser needs to let a script of another origin see the answer; for a preflight also what the
 * script may send. Empty when the origin may not, or when there is none.
 */
export function corsHeaders(cors: CorsModel | undefined, headers: Headers): Record<string, string> {
  const { origin } = headers;
  if (!cors || !origin) return {};
  const everybody = cors.allowOrigins.includes('*');
  if (!everybody && !cors.allowOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': everybody ? '*' : origin,
    ...(cors.exposeHeaders.length > 0 && { 'access-control-expose-headers': cors.exposeHeaders.join(',') }),
    ...(isPreflight(headers) && {
      'access-control-allow-methods': cors.allowMethods.join(','),
      'access-control-allow-headers': cors.allowHeaders.join(','),
      'access-control-max-age': String(cors.maxAgeSeconds),
    }),
  };
}

/** Whether a browser asks beforehand if a script may call. */
export function isPreflight(headers: Headers): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}
