import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { RouteModel } from '../template/app.ts';

export interface Match {
  readonly route: RouteModel;
  readonly pathParameters: Record<string, string | undefined>;
}

/** Finds the route of a request, or none. */
export type Router = (method: string, path: string) => Match | undefined;

/** A path segment may be as long as a request line. */
const MAX_SEGMENT = 8 * 1024;

/** Routes as API Gateway does: literal segments first, then `{parameter}`, then `{proxy+}`, then `$default`. */
export function createRouter(routes: readonly RouteModel[]): Router {
  const router = findMyWay({ maxParamLength: MAX_SEGMENT });
  const found = new Map<unknown, RouteModel>();
  const fallback = routes.find(({ key }) => key === '$default');
  for (const route of routes) {
    if (route === fallback) continue;
    const [method = '', path = ''] = route.key.split(' ');
    const handler = () => undefined;
    found.set(handler, route);
    const pattern = path.replace(/\{(\w+)\+\}$/, '*').replace(/\{(\w+)\}/g, ':$1');
    if (method === 'ANY') router.all(pattern, handler);
    else router.on(method as HTTPMethod, pattern, handler);
  }
  return (method, path) => {
    const match = router.find(method as HTTPMethod, path);
    const route = match && found.get(match.handler);
    // An empty path parameter matches no route: `/orders/` is not an order.
    if (match && route && !Object.values(match.params).includes('')) {
      const greedy = /\{(\w+)\+\}$/.exec(route.key)?.[1];
      const { '*': rest, ...parameters } = match.params;
      return { route, pathParameters: greedy ? { ...parameters, [greedy]: rest } : parameters };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}
