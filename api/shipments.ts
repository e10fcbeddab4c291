import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { orderResource } from './orders.ts';

export const requestDispatch = defineRoute({
  operationId: 'request-dispatch',
  entryPoint: 'orders/request-dispatch',
  method: 'POST',
  path: '/orders/{orderId}/shipments/{shipmentId}/dispatch',
  access: ['warehouse', 'staff'],
  summary: 'Report that a shipment was handed to the carrier. Its amount is captured and its stock is booked out.',
  throttle: { ratePerSecond: 500, burst: 1_000 },
  traced: true,
  success: { status: 202, body: orderResource },
  refusals: ['NOT_FOUND', 'SHIPMENT_NOT_DISPATCHABLE'],
});

export const getLabel = defineRoute({
  operationId: 'get-label',
  entryPoint: 'fulfillment/get-label',
  method: 'GET',
  path: '/orders/{orderId}/shipments/{shipmentId}/label',
  access: ['warehouse', 'staff'],
  summary: 'Get the label of a shipment for printing, as the carrier has it now.',
  description: 'Labels are PDF documents unless the carrier makes others.',
  throttle: { ratePerSecond: 50, burst: 100 },
  success: {
    status: 200,
    documents: ['application/pdf', 'image/png', 'application/zpl'],
    headers: {
      'Cache-Control': {
        description: 'No cache may keep the label.',
        schema: z.literal('private, no-store'),
        required: true,
      },
    },
  },
  refusals: ['NOT_FOUND'],
});

export const shipmentRoutes = [requestDispatch, getLabel] as const;
