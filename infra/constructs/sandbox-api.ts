import {
  HttpApi as GatewayApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { ApiStage } from './api-stage.ts';
import { nameIn } from './build.ts';
import type { ServiceFunction } from './service-function.ts';

/** The real gateways allow a test account 25 requests a second. The sandbox allows more, because load tests use it. */
const throttle = { ratePerSecond: 2_000, burst: 4_000 } as const;

/** The HTTP API of the sandbox gateways. It uses their wire formats and their API keys, and no tokens of Holdfast. */
export class SandboxApi extends Construct {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly apiId: string;
  readonly #api: GatewayApi;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.#api = new GatewayApi(this, 'Api', { apiName: nameIn(settings, 'sandbox'), createDefaultStage: false });
    new ApiStage(this, 'Stage', {
      httpApi: this.#api,
      stage: settings.stage,
      apiName: nameIn(settings, 'sandbox'),
      throttle,
    });
    this.url = this.#api.apiEndpoint;
    this.apiId = this.#api.apiId;
  }

  /**
   * Routes matching requests to the function.
   *
   * @param scope where the route is made, for a function of another stack.
   */
  route(id: string, method: HttpMethod, path: string, handler: ServiceFunction, scope: Construct = this): void {
    const made = new HttpRoute(scope, id, {
      httpApi: this.#api,
      routeKey: HttpRouteKey.with(path, method),
      integration: new HttpLambdaIntegration(`${id}Integration`, handler),
      authorizer: new HttpNoneAuthorizer(),
    });
    Validations.of(made).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Dev only. The gateways that the sandbox replaces have no user pool; the function checks the API key, or the key in the address, as they do.',
    });
  }
}
