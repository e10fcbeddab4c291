import type * as z from 'zod/mini';
import { lineQuantity, sourcing, totals } from '../events/vocabulary.ts';
import * as catalog from './catalog.ts';
import * as inventory from './inventory.ts';
import * as locations from './locations.ts';
import * as operations from './operations.ts';
import * as orders from './orders.ts';
import * as recipient from './recipient.ts';
import * as stockBooks from './stock-books.ts';
import * as vocabulary from './vocabulary.ts';
import * as webhooks from './webhooks.ts';

/** The schemas of `/openapi.json` by name: clients have a type of this name for each. */
type Named = Readonly<Record<string, z.ZodMiniType>>;

/** What requests contain. A name ends in `Request` where the body or a part of it is not also an answer. */
export const requestSchemas: Named = {
  PlaceOrderRequest: orders.placeOrderBody,
  OrderLineRequest: orders.placeOrderLine,
  ShippingAddressRequest: recipient.shippingAddress,
  ContactRequest: recipient.contact,
  OrderStatus: orders.status,
  PutProductRequest: catalog.putProductBody,
  PriceRequest: catalog.price,
  TaxCategory: catalog.taxCategory,
  ReceiveStockRequest: inventory.receiveStockBody,
  PutBackorderRequest: inventory.putBackorderBody,
  BackorderMode: inventory.backorderMode,
  PutStockPlanRequest: inventory.putStockPlanBody,
  AdjustStockRequest: stockBooks.adjustStockBody,
  AdjustmentReason: stockBooks.adjustmentReason,
  CountStockRequest: stockBooks.countStockBody,
  MoveStockRequest: stockBooks.moveStockBody,
  PutSafetyStockRequest: stockBooks.putSafetyStockBody,
  PutLocationRequest: locations.putLocationBody,
  PaymentEvent: webhooks.paymentEvent,
  CarrierEvent: webhooks.carrierEvent,
  OrderId: vocabulary.orderId,
  ShipmentId: vocabulary.shipmentId,
  Sku: vocabulary.sku,
  LocationId: vocabulary.location,
  LedgerId: vocabulary.ledgerId,
  CountryCode: vocabulary.country,
  CurrencyCode: vocabulary.currency,
  Instant: vocabulary.instant,
};

/** What answers contain. */
export const responseSchemas: Named = {
  Order: orders.orderResource,
  PlacedOrder: orders.placedOrderResource,
  OrderState: orders.orderState,
  OrderLine: orders.orderLine,
  OrderTotals: totals,
  OrderStatus: orders.status,
  PaymentStatus: orders.paymentStatus,
  FulfillmentStatus: orders.fulfillmentStatus,
  OrderPayment: orders.orderPayment,
  PaymentOfOrder: orders.paymentOfOrder,
  OrderRejection: orders.rejection,
  OrderHold: orders.orderHold,
  MissingStock: orders.missingStock,
  Shipment: orders.shipmentResource,
  LineQuantity: lineQuantity,
  Sourcing: sourcing,
  Address: recipient.addressResource,
  Contact: recipient.contactResource,
  OrderSummary: orders.orderSummary,
  OrderSummaryTotals: orders.summaryTotals,
  OrderPage: orders.orderPage,
  OrderEvent: orders.orderEvent,
  OrderEventList: orders.orderEventList,
  Product: catalog.productResource,
  ProductPage: catalog.productPage,
  Price: catalog.priceResource,
  Availability: catalog.availability,
  StockLevel: inventory.stockResource,
  LocationStockLevel: inventory.locationStock,
  BackorderLevel: inventory.backorderLevel,
  BackorderMode: inventory.backorderMode,
  Backorder: inventory.backorderResource,
  StockReceipt: inventory.stockReceipt,
  StockPlan: inventory.stockPlanResource,
  StockPlanLocation: inventory.plannedLocation,
  StockPlanNeeds: inventory.stockPlanNeeds,
  TableLoad: inventory.tableLoad,
  StockAdjustment: stockBooks.stockAdjustment,
  StockCount: stockBooks.stockCount,
  OrderWithUnits: stockBooks.orderWithUnits,
  StockMove: stockBooks.stockMove,
  SafetyStock: stockBooks.safetyStock,
  LocationId: vocabulary.location,
  Location: locations.locationResource,
  LocationList: locations.locationList,
  WebhookReceipt: webhooks.webhookReceipt,
  OpenApiDocument: operations.openapiResource,
  Instant: vocabulary.instant,
  Problem: vocabulary.problem,
  FieldError: vocabulary.fieldError,
  GatewayError: vocabulary.gatewayError,
};
