import type { Route } from '../../../api/define-route.ts';
import { type Json, type JsonSchemas, jsonSchemas } from './json-schemas.ts';
import { answerHeaderSchemas, answerHeaders, answersOf, isOpen } from './openapi-answers.ts';
import { parameterSchemas, parametersOf } from './openapi-parameters.ts';

const version = '1.1.0';

const description = `Order management: from placement to dispatch and back.

Refusals and faults of the functions are problem documents (RFC 9457, \`application/problem+json\`) with a \`code\`. Answers of
the gateway itself are \`{"message": …}\` as \`application/json\`: 401 without a valid token, 404 for a path or method that is
not described here, 413 above 10 MB, 429, 500 and 503. Answers may have fields that are not described here.

Bodies are read as JSON in UTF-8; the content type of a request is not checked. HEAD is answered wherever GET is.`;

const tokenDescription = `An access token or id token of the deployment's Cognito user pool, for its client for customers or
its client for staff. Groups are in the claim \`cognito:groups\`: \`staff\` and \`warehouse\`. A user in neither is a customer.`;

/** The capabilities whose functions handle the routes. */
const tags: Readonly<Record<string, string>> = {
  orders: 'Quoting, placing, reading, cancelling and dispatching orders.',
  fulfillment: 'Labels of shipments, and the events that the payment and carrier gateways report.',
  pricing: 'Discounts.',
  settings: 'The policy of the shop: markets, taxes and checkout.',
  catalog: 'Products with prices and availability.',
  inventory: 'Stock: levels, receipts, adjustments, counts, moves, backorders, plans of sales, and locations.',
  operations: 'The system itself.',
};

/** The HTTP contract as an OpenAPI 3.1 document, generated from the schemas that parse the requests. */
export function openapiDocument(routes: readonly Route[]): Json {
  const schemas = jsonSchemas(routes.flatMap((route) => [...parameterSchemas(route), ...answerHeaderSchemas(route)]));
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    for (const method of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]) {
      paths[route.path] = { ...paths[route.path], [method.toLowerCase()]: operation(route, method, schemas) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The address that serves this document.' }],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: tokenDescription },
      },
      headers: answerHeaders,
      schemas: schemas.named,
    },
  };
}

function operation(route: Route, method: string, schemas: JsonSchemas): Json {
  const body = route.body ?? route.signedBody;
  return {
    operationId: method === 'HEAD' ? route.operationId.replace(/^[a-z]+/, 'head') : route.operationId,
    summary: method === 'HEAD' ? `As GET, without the body. ${route.summary}` : route.summary,
    description: [callers(route), route.description].filter((text) => text !== undefined).join(' '),
    tags: [route.entryPoint.split('/', 1)[0]],
    security: isOpen(route) ? [] : [{ token: [] }],
    parameters: parametersOf(route, schemas),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemas.of(body) } } } }),
    responses: answersOf(route, schemas, method),
  };
}

/** The callers that a route admits, as a sentence. */
function callers({ access }: Route): string {
  if (access === 'public') return 'Open to all callers.';
  if (access === 'signed') return 'For the gateway that signs the request.';
  if (access === 'customer') return 'For every signed-in user.';
  const [first, ...others] = access;
  return others.length === 0 ? `For members of the group ${first}.` : `For members of the groups ${access.join(', ')}.`;
}
