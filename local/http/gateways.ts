import type { LocalOptions } from '../options.ts';
import type { ApiModel } from '../template/app.ts';
import type { Assembly, Resource } from '../template/assembly.ts';
import { type ControlRoutes, Gateway, type GatewayOptions } from './gateway.ts';

const API_TYPE = 'AWS::ApiGatewayV2::Api';

/** The HTTP APIs of the app, each on a port of its own. */
export class Gateways {
  readonly #byName = new Map<string, { gateway: Gateway; url: string }>();
  readonly #main: string;

  /** @param main name of the main API, which also has the control routes */
  constructor(main: string) {
    this.#main = main;
  }

  add(name: string, gateway: Gateway, url: string): void {
    this.#byName.set(name, { gateway, url });
  }

  /** Base URL of an API by its name; without a name, of the main API. */
  url(name = this.#main): string {
    const found = this.#byName.get(name);
    if (!found) throw new Error(`no API ${name}`);
    return found.url;
  }

  /** Base URL of the first API whose name contains the text; undefined when there is none. */
  urlLike(text: string): string | undefined {
    return [...this.#byName].find(([name]) => name.includes(text))?.[1].url;
  }

  /** Sets the routes of each API. */
  open(models: readonly ApiModel[], control: ControlRoutes): void {
    for (const model of models) {
      const none = () => undefined;
      this.#byName.get(model.name)?.gateway.open(model, model.name === this.#main ? control : none);
    }
  }

  /** Accepts no more requests from outside. The other APIs (the sandbox) still answer the app itself. */
  closeMain(): void {
    this.#byName.get(this.#main)?.gateway.close();
  }

  close(): void {
    for (const { gateway } of this.#byName.values()) gateway.close();
  }
}

/**
 * Listens for every API of the app. The main one is the one that has an authorizer; it listens on the port that the
 * options name.
 */
export async function openGateways(
  assembly: Assembly,
  { port = 0, throttling = true }: LocalOptions,
  parts: Omit<GatewayOptions, 'throttled'>,
): Promise<Gateways> {
  const apis = assembly.resources.filter(({ type }) => type === API_TYPE);
  const main = apis.find((api) => hasAuthorizer(assembly, api)) ?? apis[0];
  const gateways = new Gateways(main?.name ?? '');
  const others = apis.filter((api) => api !== main);
  for (const [index, api] of [...(main ? [main] : []), ...others].entries()) {
    const gateway = new Gateway({ ...parts, throttled: throttling });
    const preferred = port === 0 ? 0 : port + index;
    // The user asked for the main API's port only: the others take any port when the next one is taken.
    const onConflict = (error: unknown) => (index === 0 ? Promise.reject(error) : gateway.listen(0));
    gateways.add(api.name, gateway, await gateway.listen(preferred).catch(onConflict));
  }
  return gateways;
}

function hasAuthorizer(assembly: Assembly, api: Resource): boolean {
  return assembly.resources.some(
    ({ type, stack, properties }) =>
      type === 'AWS::ApiGatewayV2::Authorizer' &&
      stack === api.stack &&
      (properties.ApiId as { Ref?: string } | undefined)?.Ref === api.logicalId,
  );
}
