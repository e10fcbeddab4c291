import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { Stage } from '../settings.ts';
import { VendedLogs } from './vended-logs.ts';

export interface ApiStageProps {
  readonly httpApi: HttpApi;
  readonly stage: Stage;
  /** The API's name, with stage and cell. */
  readonly apiName: string;
  /** The limit for requests without a route's own limit: those that match no route, and preflights. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
}

/** The fields of an access log line. It contains no personal data: no IP address, no user agent, no user. */
const accessLogFields = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  gatewayError: '$context.error.responseType',
  authorizerError: '$context.authorizer.error',
} as const;

/** The default stage of an HTTP API, at the root of its address, deployed automatically, with an access log as JSON. */
export class ApiStage extends HttpStage {
  constructor(scope: Construct, id: string, { httpApi, apiName, stage, throttle }: ApiStageProps) {
    const logs = new VendedLogs(scope, 'AccessLogs', { name: `apigateway/${apiName}`, stage });
    super(scope, id, {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
  }
}
