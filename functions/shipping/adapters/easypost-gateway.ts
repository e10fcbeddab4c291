import * as z from 'zod/mini';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import type {
  BookedShipment,
  BookingRefusal,
  BookingRequest,
  CancellationRequest,
  CancelledShipment,
  CarrierGateway,
  Offer,
} from '../commands/carrier-gateway.ts';
import { readReference } from '../domain/reference.ts';
import {
  type ApiError,
  apiErrorOf,
  bookingRefusalOf,
  faultOf,
  isAlreadyBought,
  isKeyRefused,
  isUnknownShipment,
} from './easypost-faults.ts';
import { EasyPost } from './easypost-sdk.ts';
import {
  boughtLabel,
  type EasypostShipment,
  easypostShipment,
  isGivenBack,
  rateToBuy,
  shipmentParams,
} from './easypost-shipment.ts';
import { easypostTransport } from './easypost-transport.ts';
import type { Sender } from './senders.ts';

export interface EasypostSettings {
  /** Base URL of the gateway, or empty for EasyPost's own. */
  readonly endpoint: string;
  /** Account and service to buy from; either may be empty: the cheapest rate of what is left. */
  readonly carrierAccount: string;
  readonly service: string;
  readonly senderFor: (location: string) => Sender;
}

/**
 * Shipments of EasyPost. It knows no idempotency keys and does not keep references unique, so two runs that look for a
 * shipment at the same moment find none and would both buy one. But it buys no shipment twice: a purchase is repeated under
 * the shipment's own id, which has to be on record before.
 */
export function easypostGateway(settings: EasypostSettings, secret: SecretStore): CarrierGateway {
  const connect = easypostClient(settings.endpoint, secret);

  /** Runs against the gateway; what it answers with an error comes out as the refusal it stands for, or as a fault. */
  const ask = async <Answer>(
    run: (easypost: EasyPost) => Promise<Answer>,
    refusalOf: (error: ApiError) => Answer | undefined = () => undefined,
  ): Promise<Answer> => {
    try {
      return await run(await connect());
    } catch (thrown) {
      const error = apiErrorOf(thrown);
      if (error === undefined) throw thrown;
      if (isKeyRefused(error)) secret.forget();
      const refusal = refusalOf(error);
      if (refusal !== undefined) return refusal;
      throw faultOf(error);
    }
  };

  return {
    offer: (request) =>
      ask<Offer | BookingRefusal>((easypost) => makeOffer(easypost, request, settings), bookingRefusalOf),
    buy: (offer) => ask<BookedShipment | BookingRefusal>((easypost) => buy(easypost, offer), bookingRefusalOf),
    cancel: (request) => ask((easypost) => cancel(easypost, request)),
    identify: (carrierShipmentId) =>
      ask(async (easypost) => readReference((await find(easypost, carrierShipmentId))?.reference ?? '')),
  };
}

/** A client for the key that the secret holds now; the same one as long as the key is. */
function easypostClient(endpoint: string, secret: SecretStore): () => Promise<EasyPost> {
  const options = {
    superagentMiddleware: easypostTransport,
    ...(endpoint === '' ? {} : { baseUrl: `${endpoint.replace(/\/+$/, '')}/v2/` }),
  };
  let current: { readonly apiKey: string; readonly easypost: EasyPost } | undefined;
  return async () => {
    const { apiKey } = await secret.read();
    if (apiKey === '') throw new Error('the secret of the carrier gateway has no apiKey yet');
    if (current?.apiKey !== apiKey) current = { apiKey, easypost: new EasyPost(apiKey, options) };
    return current.easypost;
  };
}

async function makeOffer(
  easypost: EasyPost,
  request: BookingRequest,
  { senderFor, carrierAccount, service }: EasypostSettings,
): Promise<Offer | BookingRefusal> {
  const params = shipmentParams(request, senderFor(request.location), carrierAccount);
  const shipment = parse(await easypost.Shipment.create(params));
  const rate = rateToBuy(shipment, service);
  if (rate === undefined) return refuse('CARRIER_REFUSED', 'No carrier offers to take the shipment.');
  return { carrierShipmentId: shipment.id, rateId: rate.id };
}

async function buy(
  easypost: EasyPost,
  { carrierShipmentId, rateId }: Offer,
): Promise<BookedShipment | Refusal<'CARRIER_REFUSED'>> {
  const shipment = await bought(easypost, carrierShipmentId, rateId);
  if (isGivenBack(shipment)) return refuse('CARRIER_REFUSED', 'The shipment was cancelled before.');
  const label = boughtLabel(shipment);
  if (label === undefined) throw new Error(`shipment ${carrierShipmentId} was bought, but has no label`);
  return label;
}

/** The shipment after its purchase, whoever bought it. */
async function bought(easypost: EasyPost, id: string, rateId: string): Promise<EasypostShipment> {
  try {
    return parse(await easypost.Shipment.buy(id, rateId));
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error === undefined || !isAlreadyBought(error)) throw thrown;
    const shipment = await find(easypost, id);
    if (shipment === undefined) throw thrown;
    return shipment;
  }
}

async function cancel(
  easypost: EasyPost,
  { shipmentId, carrierShipmentId }: CancellationRequest,
): Promise<{ cancelled: CancelledShipment | null }> {
  const shipment = await refunded(easypost, carrierShipmentId);
  if (isGivenBack(shipment)) {
    return { cancelled: { shipmentId, carrierShipmentId, trackingCode: shipment.tracking_code ?? '' } };
  }
  if (boughtLabel(shipment) === undefined) return { cancelled: null };
  throw new Error(`the carrier does not take the label of ${carrierShipmentId} back`);
}

/** The shipment after its label was asked to be refunded; as it is when that is refused. */
async function refunded(easypost: EasyPost, id: string): Promise<EasypostShipment> {
  try {
    return parse(await easypost.Shipment.refund(id));
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error === undefined || bookingRefusalOf(error) === undefined) throw thrown;
    const shipment = await find(easypost, id);
    if (shipment === undefined) throw thrown;
    return shipment;
  }
}

async function find(easypost: EasyPost, id: string): Promise<EasypostShipment | undefined> {
  try {
    return parse(await easypost.Shipment.retrieve(id));
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error !== undefined && isUnknownShipment(error)) return undefined;
    throw thrown;
  }
}

function parse(answer: unknown): EasypostShipment {
  return z.parse(easypostShipment, answer);
}
