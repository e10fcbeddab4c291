import type { ApiModel, CorsModel, JwtAuthorizer, RouteModel } from './app.ts';
import type { Find } from './resolved.ts';

/** Account-wide default of API Gateway: requests a second, and bucket size. */
const ACCOUNT_THROTTLE = { ratePerSecond: 10_000, burst: 5_000 };

/** Reads the HTTP APIs: routes with their functions and authorizers, and the request limits of each route. */
export function readApis(find: Find): ApiModel[] {
  const integrations = new Map(find('AWS::ApiGatewayV2::Integration').map((each) => [each.name, each.properties]));
  const authorizers = new Map(find('AWS::ApiGatewayV2::Authorizer').map((each) => [each.name, each.properties]));
  const routes = find('AWS::ApiGatewayV2::Route');
  const stages = find('AWS::ApiGatewayV2::Stage');
  return find('AWS::ApiGatewayV2::Api').map(({ name, properties }) => {
    if (properties.ProtocolType !== 'HTTP') throw new Error(`the local runner supports only HTTP APIs (${name})`);
    const stage = stages.find((each) => each.properties.ApiId === name)?.properties;
    return {
      name,
      routes: routes
        .filter((route) => route.properties.ApiId === name)
        .map(({ properties: route }): RouteModel => {
          const integration = integrations.get(String(route.Target).replace('integrations/', ''));
          if (integration?.IntegrationType !== 'AWS_PROXY' || integration.PayloadFormatVersion !== '2.0') {
            throw new Error(`route ${route.RouteKey}: only Lambda integrations of payload format 2.0 run locally`);
          }
          return {
            key: route.RouteKey,
            functionArn: functionArn(String(integration.IntegrationUri)),
            authorizer: readAuthorizer(route, authorizers.get(route.AuthorizerId)),
          };
        }),
      cors: readCors(properties.CorsConfiguration),
      throttles: readThrottles(stage),
    };
  });
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties
function readCors(configuration: any): CorsModel | undefined {
  return (
    configuration && {
      allowOrigins: configuration.AllowOrigins ?? [],
      allowMethods: configuration.AllowMethods ?? [],
      allowHeaders: configuration.AllowHeaders ?? [],
      exposeHeaders: configuration.ExposeHeaders ?? [],
      maxAgeSeconds: configuration.MaxAge ?? 0,
    }
  );
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties
function readAuthorizer(route: any, authorizer: any): JwtAuthorizer | undefined {
  if (!route.AuthorizationType || route.AuthorizationType === 'NONE') return undefined;
  if (route.AuthorizationType !== 'JWT' || !authorizer?.JwtConfiguration) {
    throw new Error(`route ${route.RouteKey}: only JWT authorizers run locally, not ${route.AuthorizationType}`);
  }
  return { issuer: authorizer.JwtConfiguration.Issuer, audience: authorizer.JwtConfiguration.Audience ?? [] };
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties
function readThrottles(stage: any): ApiModel['throttles'] {
  type Settings = { ThrottlingRateLimit?: number; ThrottlingBurstLimit?: number };
  const read = (settings: Settings | undefined, fallback: typeof ACCOUNT_THROTTLE) => ({
    ratePerSecond: settings?.ThrottlingRateLimit ?? fallback.ratePerSecond,
    burst: settings?.ThrottlingBurstLimit ?? fallback.burst,
  });
  const standard = read(stage?.DefaultRouteSettings, ACCOUNT_THROTTLE);
  const routes = Object.entries((stage?.RouteSettings ?? {}) as Record<string, Settings>);
  return {
    $default: standard,
    ...Object.fromEntries(routes.map(([key, settings]) => [key, read(settings, standard)])),
  };
}

/** An integration names its function by ARN, or by an invocation path that contains the ARN. */
function functionArn(uri: string): string {
  return /functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
}
