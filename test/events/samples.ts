import type { OrderEvent, StockEvent } from '../../events/catalog.ts';
import { achieved, event, placed, sourcing, stock } from '../functions/orders/given.ts';

const failure = { code: 'OUT_OF_STOCK', detail: 'Sold out.' };
const money = { paymentId: 'pi_1', amountMinor: 100, currency: 'EUR' };
const lines = [{ lineId: '1', sku: 'MUG', quantity: 1 }];

/** One event of every type that an order may have, with every field that it may have. */
const orderSamples: readonly OrderEvent[] = [
  ...placed.map(
    (each) => ({ ...each, data: { ...each.data, locale: 'de-AT', allowSplitShipments: false } }) as OrderEvent,
  ),
  ...achieved().filter(({ type }) => type !== 'StockReserved'),
  event('StockReserved', { ...stock(), sourcing }),
  event('StockReservationFailed', failure),
  event('PaymentDeclined', failure),
  event('ShipmentBookingFailed', failure),
  event('OrderConfirmationFailed', failure),
  event('OrderConfirmed', {}),
  event('OrderRejected', failure),
  event('DispatchRequested', { ...money, shipmentId: 'shp_1', location: 'berlin', lines, finalCapture: true }),
  event('ShipmentDispatched', { shipmentId: 'shp_1', carrier: 'DHL', trackingCode: 't' }),
  event('PaymentCaptured', { ...money, shipmentId: 'shp_1' }),
  event('PaymentCaptureFailed', { ...failure, shipmentId: 'shp_1' }),
  event('ShipmentDelivered', { shipmentId: 'shp_1', deliveredAt: '2026-11-24T12:00:00.000Z' }),
  event('OrderCompleted', {}),
  event('CancellationRequested', { from: 'placed', by: 'staff' }),
  event('StockReleased', { allocations: [{ location: 'berlin', lines }] }),
  event('PaymentVoided', money),
  event('ShipmentCancelled', { shipmentId: 'shp_1', carrierShipmentId: 'cs_1', trackingCode: 't' }),
  event('OrderCancelled', {}),
  event('OrderHeld', {
    ...{ reason: 'capture_failed', detail: 'No funds.', shipmentId: 'shp_1', waitsFor: { sku: 'MUG', units: 1 } },
  }),
  event('OrderResumed', { reason: 'dispatch' }),
];

const stockSamples: readonly StockEvent[] = [
  { type: 'StockReceived', version: 1, data: { receiptId: 'delivery-1', location: 'berlin', quantity: 5 } },
  {
    type: 'StockAdjusted',
    version: 1,
    data: { adjustmentId: 'adj-1', kind: 'adjustment', location: 'berlin', change: -2, reason: 'damaged' },
  },
  { type: 'StockMoved', version: 1, data: { moveId: 'move-1', from: 'berlin', to: 'vienna', quantity: 5 } },
  { type: 'StockLow', version: 1, data: { available: 2, lowAt: 3 } },
  { type: 'StockDepleted', version: 1, data: { before: 'low' } },
  { type: 'StockReplenished', version: 1, data: { available: 9, level: 'ok', before: 'depleted' } },
];

export const samples: readonly (OrderEvent | StockEvent)[] = [...orderSamples, ...stockSamples];
