import {
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
import { Construct } from 'constructs';
import type { Route, Who } from '../../api/define-route.ts';
import { pascalCase } from '../entry-points.ts';
import { ApiStage } from './api-stage.ts';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { UserDirectory } from './user-directory.ts';

export interface HttpApiProps {
  readonly deployment: Deployment;
  readonly routes: readonly Route[];
  readonly users: UserDirectory;
}

/** For what no route's own limit covers: unknown paths and preflights. */
const otherRequests = { ratePerSecond: 1_000, burst: 2_000 } as const;
const preflightCache = Duration.hours(1);
/** Server errors within five minutes that are more than one request's bad luck. */
const toleratedServerErrors = 5;

/** Why a route has no authorizer. */
const openRoutes: Partial<Record<Extract<Who, string>, string>> = {
  public: 'Anybody may read this: it holds nothing of a customer.',
  signed: 'The gateway that calls has no user: its signature over the body is checked by the function.',
};

/** The HTTP API: every route of the contract with its function, its authorizer and its limit. */
export class HttpApi extends Construct {
  /** Base URL, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, { deployment, routes, users }: HttpApiProps) {
    super(scope, id);
    const { settings } = deployment;
    const api = new GatewayApi(this, 'Api', {
      apiName: nameIn(settings, 'api'),
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...settings.corsOrigins],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT],
        allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'traceparent'],
        exposeHeaders: ['location', 'idempotent-replayed', 'retry-after'],
        maxAge: preflightCache,
      },
    });
    const signedIn = new HttpUserPoolAuthorizer('Users', users.pool, { userPoolClients: [users.client] });
    const made = routes.map((route) => this.#addRoute(api, route, signedIn, deployment));
    const stage = new ApiStage(this, 'Stage', {
      httpApi: api,
      stage: settings.stage,
      logGroupName: `/aws/apigateway/${nameIn(settings, 'api')}`,
      throttle: otherRequests,
    });
    const cfnStage = stage.node.defaultChild as CfnStage;
    cfnStage.routeSettings = routeSettings(routes);
    // The settings name routes, which must be there first.
    cfnStage.node.addDependency(...made);
    this.url = api.apiEndpoint;
    new FailureAlarm(this, 'ServerErrorsAlarm', {
      deployment,
      name: 'api-server-errors',
      meaning: 'The API answers with server errors.',
      runbook: 'api-server-errors',
      metric: api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      above: toleratedServerErrors,
    });
  }

  #addRoute(api: GatewayApi, route: Route, signedIn: IHttpRouteAuthorizer, deployment: Deployment): HttpRoute {
    const handler = deployment.functions.get(route.operationId);
    if (handler?.entryPoint !== route.entryPoint) throw new Error(`no function answers ${route.entryPoint}`);
    const id = pascalCase(route.operationId);
    const open = typeof route.who === 'string' ? openRoutes[route.who] : undefined;
    const made = new HttpRoute(this, id, {
      httpApi: api,
      routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
      integration: new HttpLambdaIntegration(`${id}Integration`, handler),
      authorizer: open === undefined ? signedIn : new HttpNoneAuthorizer(),
    });
    if (open !== undefined) Validations.of(made).acknowledge({ id: 'AwsSolutions-APIG4', reason: open });
    return made;
  }
}

/** CloudFormation takes this map as it stands, so its keys are the ones of CloudFormation. */
function routeSettings(routes: readonly Route[]): Record<string, object> {
  return Object.fromEntries(
    routes.map(({ method, path, throttle }) => [
      `${method} ${path}`,
      { ThrottlingRateLimit: throttle.ratePerSecond, ThrottlingBurstLimit: throttle.burst },
    ]),
  );
}
