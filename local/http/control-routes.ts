import type { Local } from '../local.ts';
import type { ControlRoutes } from './gateway.ts';
import { type GatewayResponse, jsonResponse } from './payload.ts';

/** The answers of the control routes, by method and path below `/_local/`. */
type Controls = Record<string, (body: unknown) => unknown>;

class NotReady extends Error {}

/** The runner's own routes below `/_local/`. A bad request is answered 400; `health` is 503 until the system is ready. */
export function controlRoutes(local: Local, isReady: () => boolean): ControlRoutes {
  const controls: Controls = {
    'GET health': () => {
      if (!isReady()) throw new NotReady('starting');
      // Programs that read the tables themselves, as an operator does in AWS, need `awsUrl`.
      return {
        status: 'ok',
        region: local.app.region,
        url: local.url,
        sandboxUrl: local.sandboxUrl,
        awsUrl: local.awsUrl,
      };
    },
    'POST token': async (body) => {
      const { sub, groups = [] } = body as { sub?: unknown; groups?: unknown };
      if (typeof sub !== 'string' || sub === '') throw new Error('sub must be a text');
      if (!Array.isArray(groups) || groups.some((group) => typeof group !== 'string')) {
        throw new Error('groups must be a list of texts');
      }
      return { access_token: await local.token({ sub, groups }), token_type: 'Bearer' };
    },
    'GET meter': () => local.meter(),
    'POST meter/reset': () => local.resetMeter(),
    'GET sandbox/payments': () => local.sandboxPayments(),
    'GET sandbox/shipments': () => local.sandboxShipments(),
    'GET deadletters': () => local.deadLetters(),
    'GET executions': () => local.executions(),
    'POST settled': () => local.settled(),
  };
  return (method, path, body) => answer(controls, `${method} ${path.slice('/_local/'.length)}`, body);
}

async function answer(controls: Controls, key: string, body: Buffer): Promise<GatewayResponse> {
  const control = controls[key];
  if (!control) return jsonResponse(404, { message: 'Not Found', known: Object.keys(controls) });
  try {
    return jsonResponse(200, (await control(body.length > 0 ? JSON.parse(body.toString()) : {})) ?? {});
  } catch (error) {
    return jsonResponse(error instanceof NotReady ? 503 : 400, { message: (error as Error).message });
  }
}
