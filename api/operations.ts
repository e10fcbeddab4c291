import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';

export const openapiResource = z.record(z.string(), z.unknown());

export const showOpenapi = defineRoute({
  operationId: 'show-openapi',
  entryPoint: 'operations/show-openapi',
  method: 'GET',
  path: '/openapi.json',
  access: 'public',
  summary: 'Get this contract as an OpenAPI 3.1 document.',
  throttle: { ratePerSecond: 50, burst: 100 },
  success: { status: 200, body: openapiResource },
  refusals: [],
});

export const operationRoutes = [showOpenapi] as const;
