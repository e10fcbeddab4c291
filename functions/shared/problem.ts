import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type RefusalCode, refusalStatus, retryAfterSeconds } from '../../api/define-route.ts';
import type { Refusal } from './kernel/refusal.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** An RFC 9457 problem document. */
export function problemReply(
  code: string,
  status: number,
  detail?: string,
  errors?: readonly { readonly path: string; readonly message: string }[],
): APIGatewayProxyStructuredResultV2 {
  const retryAfter = retryAfterSeconds[code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
    body: JSON.stringify({ type: 'about:blank', title: titles[status] ?? 'Error', status, code, detail, errors }),
  };
}

export function refusalReply({ refused }: Refusal<RefusalCode>): APIGatewayProxyStructuredResultV2 {
  return problemReply(refused.code, refusalStatus[refused.code], refused.detail, refused.errors);
}
