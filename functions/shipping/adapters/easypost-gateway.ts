import { TransientFault } from '../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import type { BookingRefusal, CarrierGateway } from '../commands/carrier-gateway.ts';
import { readReference, referenceOf } from '../domain/reference.ts';
import type {
  BookedShipment,
  BookingRequest,
  CancellationRequest,
  CancelledShipment,
  Offer,
} from '../domain/shipment.ts';
import { downloadLabel } from './download-label.ts';
import { easypostClient } from './easypost-client.ts';
import {
  type ApiError,
  apiErrorOf,
  bookingRefusalOf,
  connectionFaultOf,
  faultOf,
  isAlreadyBought,
  isKeyRefused,
  isUnknownShipment,
} from './easypost-faults.ts';
import type { EasyPost } from './easypost-sdk.ts';
import {
  boughtLabel,
  type EasypostShipment,
  type ExpectedShipment,
  isBoughtAt,
  isRefunded,
  rateToBuy,
  readShipment,
  shipmentParams,
} from './easypost-shipment.ts';
import type { Sender } from './senders.ts';

export interface EasypostSettings {
  /** Base URL of the gateway; empty for EasyPost's own. */
  readonly endpoint: string;
  /** Id of the carrier account to buy from; empty for all accounts. */
  readonly carrierAccount: string;
  /** Name of the carrier's service to buy, such as `Priority`; empty for the cheapest of all. */
  readonly service: string;
  /** The sender's address for a location. */
  readonly senderFor: (location: string) => Sender;
}

/**
 * Shipments of EasyPost. EasyPost has no idempotency keys and does not keep references unique, so two runs that search for a
 * shipment at the same time both find none and would each buy a label. It does refuse to buy the same shipment twice: a
 * purchase is safe to repeat under EasyPost's own shipment id, so that id has to be on record before the purchase.
 */
export function easypostGateway(settings: EasypostSettings, secret: SecretStore): CarrierGateway {
  const connect = easypostClient(settings.endpoint, secret);

  /**
   * Runs requests. An error of the gateway becomes the refusal that it stands for; any other error of the gateway is thrown
   * as a fault.
   */
  const call = async <Answer>(
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
      call<Offer | BookingRefusal>((easypost) => makeOffer(easypost, request, settings), bookingRefusalOf),
    buy: (offer) => call<BookedShipment | BookingRefusal>((easypost) => buy(easypost, offer), bookingRefusalOf),
    cancel: (request) => call((easypost) => cancel(easypost, request)),
    identify: (carrierShipmentId) =>
      call(async (easypost) => readReference((await find(easypost, carrierShipmentId))?.reference ?? '')),
    async label(carrierShipmentId) {
      const shipment = await call((easypost) => find(easypost, carrierShipmentId));
      const address = shipment?.postage_label?.label_url;
      return address === undefined ? undefined : downloadLabel(address, settings.endpoint.startsWith('http:'));
    },
  };
}

async function makeOffer(
  easypost: EasyPost,
  request: BookingRequest,
  { senderFor, carrierAccount, service }: EasypostSettings,
): Promise<Offer | BookingRefusal> {
  const params = shipmentParams(request, senderFor(request.location), carrierAccount);
  const shipment = await answeredShipment(easypost.Shipment.create(params), { reference: referenceOf(request) });
  const rate = rateToBuy(shipment, service);
  if (rate === undefined) return refuse('CARRIER_REFUSED', 'No carrier offers to take the shipment.');
  const price = { amount: rate.rate, currency: rate.currency };
  return { carrierShipmentId: shipment.id, rateId: rate.id, price };
}

async function buy(easypost: EasyPost, offer: Offer): Promise<BookedShipment | Refusal<'CARRIER_REFUSED'>> {
  const shipment = await bought(easypost, offer);
  if (isRefunded(shipment)) return refuse('CARRIER_REFUSED', 'The shipment was cancelled before.');
  const label = boughtLabel(shipment);
  if (label === undefined) throw new TransientFault('carrier gateway: a bought shipment without a label');
  if (!isBoughtAt(shipment, offer)) throw new TransientFault('carrier gateway: a label at another rate');
  return label;
}

/** The shipment after its purchase, by this run or by another one. */
async function bought(easypost: EasyPost, { carrierShipmentId: id, rateId }: Offer): Promise<EasypostShipment> {
  try {
    return await answeredShipment(easypost.Shipment.buy(id, rateId), { id });
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
  const label = boughtLabel(shipment);
  if (label === undefined) return { cancelled: null };
  if (!isRefunded(shipment)) throw new Error(`the carrier does not take the label of ${carrierShipmentId} back`);
  return { cancelled: { shipmentId, carrierShipmentId, trackingCode: label.trackingCode } };
}

/** The shipment after a request to refund its label. When the gateway refuses that request, the shipment as it is. */
async function refunded(easypost: EasyPost, id: string): Promise<EasypostShipment> {
  try {
    const shipment = await answeredShipment(easypost.Shipment.refund(id), { id });
    // A request to refund a label is granted or refused. An answer that does neither is about another request.
    if (shipment.refund_status === null || boughtLabel(shipment) === undefined) {
      throw new TransientFault('carrier gateway: the answer is not a refund of a label');
    }
    return shipment;
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error === undefined || bookingRefusalOf(error) === undefined) throw thrown;
    const shipment = await find(easypost, id);
    if (shipment === undefined) throw thrown;
    return shipment;
  }
}

/** The shipment with an id of EasyPost's, or undefined when EasyPost has none. */
async function find(easypost: EasyPost, id: string): Promise<EasypostShipment | undefined> {
  try {
    return await answeredShipment(easypost.Shipment.retrieve(id), { id });
  } catch (thrown) {
    const error = apiErrorOf(thrown);
    if (error !== undefined && isUnknownShipment(error)) return undefined;
    throw thrown;
  }
}

/**
 * The shipment that a request is answered with.
 *
 * @throws TransientFault when there is no answer, or one that is not the expected shipment: the request may have taken
 *   effect.
 */
async function answeredShipment(request: Promise<unknown>, expected: ExpectedShipment): Promise<EasypostShipment> {
  const answer = await request.catch((error: unknown) => {
    throw connectionFaultOf(error);
  });
  return readShipment(answer, expected);
}
