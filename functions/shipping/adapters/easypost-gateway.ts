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
} from '../domain/carrier-gateway.ts';
import { readReference, referenceOf } from '../domain/reference.ts';
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
  type Buying,
  boughtLabel,
  type EasypostShipment,
  easypostShipment,
  isGivenBack,
  rateToBuy,
  shipmentParams,
} from './easypost-shipment.ts';
import { easypostTransport } from './easypost-transport.ts';
import type { Sender } from './senders.ts';

export interface EasypostSettings extends Buying {
  /** Base URL of the gateway, or empty for EasyPost's own. */
  readonly endpoint: string;
  readonly senderFor: (location: string) => Sender;
}

/**
 * Shipments of EasyPost, kept under a reference that follows from order and shipment. EasyPost knows no idempotency
 * keys and does not keep references unique, but finds a shipment by its reference at once. So every booking looks
 * first and buys only what is not there: a run after a lost answer or a crash meets the label of the run before.
 * What it cannot see is a purchase that EasyPost is still working on; the timeout of a request is therefore long, and a
 * booking is tried again only after it has passed.
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
    book: (request) =>
      ask<BookedShipment | BookingRefusal>((easypost) => book(easypost, request, settings), bookingRefusalOf),
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

async function book(
  easypost: EasyPost,
  request: BookingRequest,
  { senderFor, carrierAccount, service }: EasypostSettings,
): Promise<BookedShipment | BookingRefusal> {
  const reference = referenceOf(request);
  const known = await find(easypost, reference);
  const shipment =
    known ??
    parse(
      await easypost.Shipment.create(shipmentParams(request, senderFor(request.location), { carrierAccount, service })),
    );
  if (isGivenBack(shipment)) return refuse('CARRIER_REFUSED', 'The shipment was cancelled before.');
  return boughtLabel(shipment) ?? (await buy(easypost, shipment, service));
}

async function buy(
  easypost: EasyPost,
  shipment: EasypostShipment,
  service: string,
): Promise<BookedShipment | Refusal<'CARRIER_REFUSED'>> {
  const rate = rateToBuy(shipment, service);
  if (rate === undefined) return refuse('CARRIER_REFUSED', 'No carrier offers to take the shipment.');
  let bought: EasypostShipment | undefined;
  try {
    bought = parse(await easypost.Shipment.buy(shipment.id, rate.id));
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error === undefined || !isAlreadyBought(error)) throw thrown;
    bought = await find(easypost, shipment.id);
  }
  const label = bought === undefined ? undefined : boughtLabel(bought);
  if (label === undefined) throw new Error(`shipment ${shipment.id} was bought, but has no label`);
  return label;
}

async function cancel(
  easypost: EasyPost,
  request: CancellationRequest,
): Promise<{ cancelled: CancelledShipment | null }> {
  const { shipmentId, carrierShipmentId } = request;
  const cancelled = (shipment: EasypostShipment) => ({
    cancelled: { shipmentId, carrierShipmentId: shipment.id, trackingCode: shipment.tracking_code ?? '' },
  });
  if (carrierShipmentId === undefined) {
    const found = await find(easypost, referenceOf(request));
    if (found === undefined || boughtLabel(found) === undefined) return { cancelled: null };
    return cancelled(isGivenBack(found) ? found : await refund(easypost, found.id));
  }
  return cancelled(await refund(easypost, carrierShipmentId));
}

/** Gives a label back. When that is refused, it may be because it was given back before. */
async function refund(easypost: EasyPost, carrierShipmentId: string): Promise<EasypostShipment> {
  try {
    const refunded = parse(await easypost.Shipment.refund(carrierShipmentId));
    if (isGivenBack(refunded)) return refunded;
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error === undefined || bookingRefusalOf(error) === undefined) throw thrown;
    const shipment = await find(easypost, carrierShipmentId);
    if (shipment !== undefined && isGivenBack(shipment)) return shipment;
  }
  throw new Error(`the carrier does not take the label of ${carrierShipmentId} back`);
}

/** @param idOrReference EasyPost accepts either. */
async function find(easypost: EasyPost, idOrReference: string): Promise<EasypostShipment | undefined> {
  try {
    return parse(await easypost.Shipment.retrieve(idOrReference));
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error !== undefined && isUnknownShipment(error)) return undefined;
    throw thrown;
  }
}

function parse(answer: unknown): EasypostShipment {
  return z.parse(easypostShipment, answer);
}
