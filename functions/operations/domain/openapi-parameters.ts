import type * as z from 'zod/mini';
import type { Header, Route } from '../../../api/define-route.ts';
import { discountCode } from '../../../api/discounts.ts';
import { settingNameInPath } from '../../../api/settings.ts';
import {
  correlationId,
  idempotencyKey,
  location,
  orderId,
  shipmentId,
  sku,
  traceparent,
} from '../../../api/vocabulary.ts';
import type { Json, JsonSchemas } from './json-schemas.ts';

const pathParameters: Readonly<Record<string, { readonly description: string; readonly schema: z.ZodMiniType }>> = {
  sku: { description: 'SKU of the product.', schema: sku },
  location: { description: 'Id of the location.', schema: location },
  orderId: { description: 'Id of the order.', schema: orderId },
  shipmentId: { description: 'Id of the shipment.', schema: shipmentId },
  code: { description: 'Code of the discount.', schema: discountCode },
  name: { description: 'Name of the setting.', schema: settingNameInPath },
};

const queryDescriptions: Readonly<Record<string, string>> = {
  status: 'Only orders in this state.',
  from: 'Only orders placed at this time or later.',
  to: 'Only orders placed at this time or earlier.',
  limit: 'Most items of the page.',
  cursor: '`nextCursor` of the page before.',
};

const idempotencyHeader: Readonly<Record<string, Header>> = {
  'Idempotency-Key': {
    description: 'Chosen by the client for one placement, and sent again with every repetition of it.',
    schema: idempotencyKey,
    required: true,
  },
};

const traceHeaders: Readonly<Record<string, Header>> = {
  'X-Correlation-Id': {
    description:
      'Kept with every event that the request leads to. A value of another form is ignored; the default is the id of the request.',
    schema: correlationId,
  },
  traceparent: {
    description:
      'W3C trace context, kept with every event that the request leads to. A value of another form is ignored.',
    schema: traceparent,
  },
};

/** The headers that a route reads. */
function requestHeaders(route: Route): Readonly<Record<string, Header>> {
  return {
    ...(route.idempotent === true ? idempotencyHeader : {}),
    ...route.headers,
    ...(route.traced === true ? traceHeaders : {}),
  };
}

/** The schemas of a route's parameters. */
export function parameterSchemas(route: Route): readonly z.ZodMiniType[] {
  return [
    ...Object.values(pathParameters).map(({ schema }) => schema),
    ...Object.values(requestHeaders(route)).map(({ schema }) => schema),
    ...(route.query === undefined ? [] : [route.query]),
  ];
}

/** The parameters of a route: those of its path, of its query, and its headers. */
export function parametersOf(route: Route, schemas: JsonSchemas): readonly Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const parameter = pathParameters[name];
    if (parameter === undefined) throw new Error(`the parameter ${name} of ${route.path} has no schema`);
    const { description, schema } = parameter;
    return { name, in: 'path', required: true, description, schema: schemas.of(schema) };
  });
  const headers = Object.entries(requestHeaders(route)).map(([name, { description, schema, required = false }]) => {
    return { name, in: 'header', required, description, schema: schemas.of(schema) };
  });
  return [...inPath, ...queryParameters(route, schemas), ...headers];
}

function queryParameters({ query }: Route, schemas: JsonSchemas): Json[] {
  if (query === undefined) return [];
  const { properties = {} } = schemas.of(query) as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', description: queryDescriptions[name] ?? '', schema };
  });
}
