import { carrierName, type NewParcel, type Parcel, type ParcelAddress, type Rate, ratesFor } from './parcel.ts';

/** An error in EasyPost's format. */
export interface EasypostFailure {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string; readonly errors: unknown[] } };
}

function failure(status: number, code: string, message: string, errors: unknown[] = []): EasypostFailure {
  return { status, body: { error: { code, message, errors } } };
}

export const noKey = failure(401, 'APIKEY.REQUIRED', 'An API key is required.');
export const wrongKey = failure(401, 'APIKEY.INACTIVE', 'This API key is not active.');
export const broken = failure(500, 'INTERNAL_SERVER_ERROR', 'An internal error occurred.');
export const notFound = failure(404, 'NOT_FOUND', 'The requested resource could not be found.');
export const invalidParameters = (paths: readonly string[]) =>
  failure(422, 'SHIPMENT.INVALID_PARAMS', 'Unable to create shipment, one or more parameters were invalid.', [
    ...paths.map((field) => ({ field, message: 'invalid' })),
  ]);
export const addressRefused = failure(422, 'ADDRESS.VERIFY.FAILURE', 'Unable to verify address.', [
  { field: 'address', message: 'Address not found', code: 'E.ADDRESS.NOT_FOUND' },
]);
export const noSuchAccount = failure(422, 'CARRIER_ACCOUNT.NOT_FOUND', 'The carrier account could not be found.');
export const noSuchRate = failure(422, 'SHIPMENT.POSTAGE.FAILURE', 'Unable to buy: no such rate.');
export const alreadyBought = failure(422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.');
export const notRefundable = failure(422, 'SHIPMENT.REFUND.UNAVAILABLE', 'Refund request cannot be processed.');

/** https://docs.easypost.com/docs/shipments#shipment-object */
export function shipmentObject(parcel: Parcel, details: NewParcel): Record<string, unknown> {
  const rates = ratesFor(parcel.id, details.parcel.weight).map((rate) => rateObject(parcel, rate));
  const bought = parcel.status !== 'created';
  return {
    id: parcel.id,
    object: 'Shipment',
    mode: 'test',
    reference: parcel.reference === '' ? null : parcel.reference,
    created_at: parcel.createdAt,
    updated_at: parcel.refundedAt ?? parcel.boughtAt ?? parcel.createdAt,
    to_address: addressObject(parcel, 'to', details.to_address),
    from_address: addressObject(parcel, 'from', details.from_address),
    parcel: { id: idOfPart('prcl', parcel), object: 'Parcel', mode: 'test', weight: details.parcel.weight },
    options: details.options ?? {},
    rates,
    messages: [],
    status: bought ? 'pre_transit' : 'unknown',
    tracking_code: bought ? parcel.trackingCode : null,
    selected_rate: bought ? rates.find(({ service }) => service === parcel.service) : null,
    postage_label: bought ? labelObject(parcel) : null,
    tracker: bought ? trackerObject(parcel) : null,
    refund_status: parcel.status === 'refunded' ? 'submitted' : null,
  };
}

function rateObject(parcel: Parcel, { id, service, rate, days }: Rate) {
  return {
    id,
    object: 'Rate',
    mode: 'test',
    carrier: carrierName,
    service,
    rate,
    currency: 'USD',
    delivery_days: days,
    shipment_id: parcel.id,
    carrier_account_id: 'ca_sandbox',
  };
}

function addressObject(parcel: Parcel, side: string, address: ParcelAddress) {
  return { id: idOfPart(`adr_${side}`, parcel), object: 'Address', mode: 'test', ...address };
}

function labelObject(parcel: Parcel) {
  return {
    id: idOfPart('pl', parcel),
    object: 'PostageLabel',
    label_date: parcel.boughtAt,
    label_file_type: 'application/pdf',
    label_size: '4x6',
    label_url: parcel.labelUrl,
    label_pdf_url: parcel.labelUrl,
  };
}

function trackerObject(parcel: Parcel) {
  return {
    id: idOfPart('trk', parcel),
    object: 'Tracker',
    mode: 'test',
    tracking_code: parcel.trackingCode,
    status: 'pre_transit',
    carrier: carrierName,
    shipment_id: parcel.id,
    tracking_details: [],
  };
}

function idOfPart(prefix: string, { id }: Parcel): string {
  return `${prefix}_${id.slice('shp_'.length)}`;
}
