import {
  CfnRoute,
  type CfnStage,
  CorsHttpMethod,
  HttpApi as GatewayApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { Access, Route } from '../../api/define-route.ts';
import { pascalCase } from '../entry-points.ts';
import { ApiStage } from './api-stage.ts';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { functionIn } from './function-in.ts';
import type { UserDirectory } from './user-directory.ts';

export interface HttpApiProps {
  readonly deployment: Deployment;
  readonly routes: readonly Route[];
  readonly users: UserDirectory;
}

/** The limit for requests without a route's own limit: unknown paths and preflights. */
const otherRequests = { ratePerSecond: 1_000, burst: 2_000 } as const;
/**
 * Routes that CloudFormation creates at the same time. The API is deployed automatically, and API Gateway refuses many
 * changes of one API at once.
 */
const routesAtOnce = 5;
const preflightCache = Duration.hours(1);
/** Server errors within five minutes that raise no alarm. */
const toleratedServerErrors = 5;

/** The reason why a route has no authorizer, by its access. */
const openRoutes: Partial<Record<Extract<Access, string>, string>> = {
  public: 'The route is public: its answers contain no data of a customer.',
  signed: 'The calling gateway has no user; the function verifies its signature over the body.',
};

/** The HTTP API: every route of the contract with its function, its authorizer and its throttle. */
export class HttpApi extends Construct {
  /** Base URL, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, { deployment, routes, users }: HttpApiProps) {
    super(scope, id);
    const { settings } = deployment;
    const api = new GatewayApi(this, 'Api', {
      apiName: nameIn(settings, 'api'),
      createDefaultStage: false,
      ...(settings.corsOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: [...settings.corsOrigins],
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.HEAD, CorsHttpMethod.POST, CorsHttpMethod.PUT],
          allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'traceparent', 'x-correlation-id'],
          exposeHeaders: ['location', 'idempotent-replayed', 'retry-after'],
          maxAge: preflightCache,
        },
      }),
    });
    const signedIn = new HttpUserPoolAuthorizer('Users', users.pool, {
      userPoolClients: [users.client, users.staffClient],
    });
    const made = routes.flatMap((route) => this.#addRoute(api, route, signedIn, deployment));
    // Each group of routes waits for the one before it.
    for (const [index, route] of made.entries()) {
      const before = made[index - routesAtOnce];
      if (before) route.node.addDependency(before);
    }
    const stage = new ApiStage(this, 'Stage', {
      httpApi: api,
      stage: settings.stage,
      apiName: nameIn(settings, 'api'),
      throttle: otherRequests,
    });
    const cfnStage = stage.node.defaultChild as CfnStage;
    cfnStage.routeSettings = routeSettings(routes);
    // The route settings refer to the routes, which must exist first.
    cfnStage.node.addDependency(...made);
    this.url = api.apiEndpoint;
    new FailureAlarm(this, 'ServerErrorsAlarm', {
      deployment,
      name: 'api-server-errors',
      meaning: 'The API returns server errors.',
      runbook: 'api-server-errors',
      metric: api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      above: toleratedServerErrors,
    });
  }

  #addRoute(api: GatewayApi, route: Route, signedIn: IHttpRouteAuthorizer, deployment: Deployment): IConstruct[] {
    const handler = deployment.functions.get(route.operationId);
    if (handler?.entryPoint !== route.entryPoint)
      throw new Error(`route ${route.operationId}: there is no function ${route.entryPoint}`);
    const id = pascalCase(route.operationId);
    const open = typeof route.access === 'string' ? openRoutes[route.access] : undefined;
    const made = new HttpRoute(this, id, {
      httpApi: api,
      routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
      integration: new HttpLambdaIntegration(`${id}Integration`, functionIn(this, deployment, handler)),
      authorizer: open === undefined ? signedIn : new HttpNoneAuthorizer(),
    });
    const all = route.method === 'GET' ? [made, this.#addHead(api, id, route, made)] : [made];
    if (open !== undefined) {
      for (const each of all) Validations.of(each).acknowledge({ id: 'AwsSolutions-APIG4', reason: open });
    }
    return all;
  }

  /**
   * The route for HEAD beside one for GET, which API Gateway does not answer by itself. It has the same integration and the
   * same authorizer, and the function's permission is for all methods of the path.
   */
  #addHead(api: GatewayApi, id: string, { path }: Route, get: HttpRoute): CfnRoute {
    const { target, authorizationType, authorizerId } = get.node.defaultChild as CfnRoute;
    return new CfnRoute(this, `${id}Head`, {
      apiId: api.apiId,
      routeKey: `HEAD ${path}`,
      ...(target !== undefined && { target }),
      ...(authorizationType !== undefined && { authorizationType }),
      ...(authorizerId !== undefined && { authorizerId }),
    });
  }
}

/** The throttles by route key. The CDK passes this map on unchanged, so its keys are those of CloudFormation. */
function routeSettings(routes: readonly Route[]): Record<string, object> {
  return Object.fromEntries(
    routes.flatMap(({ method, path, throttle }) =>
      (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((each) => [
        `${each} ${path}`,
        { ThrottlingRateLimit: throttle.ratePerSecond, ThrottlingBurstLimit: throttle.burst },
      ]),
    ),
  );
}
