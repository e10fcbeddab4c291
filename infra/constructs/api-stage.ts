import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Stage } from '../settings.ts';

export interface ApiStageProps {
  readonly httpApi: HttpApi;
  readonly stage: Stage;
  readonly logGroupName: string;
  /** For what has no limit of its own: requests that match no route, and preflights. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
}

/** What a line of the access log says. No address, no agent, no user: nothing personal. */
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

/** The stage at the root of an API's own address, deployed by itself, with an access log as JSON. */
export class ApiStage extends HttpStage {
  constructor(scope: Construct, id: string, { httpApi, stage, logGroupName, throttle }: ApiStageProps) {
    const logs = new LogGroup(scope, 'AccessLogs', {
      logGroupName,
      retention: stage === 'prod' ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
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
