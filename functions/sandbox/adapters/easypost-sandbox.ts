import * as z from 'zod/mini';
import { readJson } from '../../shared/json.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import * as easypost from '../domain/easypost-answers.ts';
import { type NewParcel, newParcel, type Parcel, quirkOf, serviceOf } from '../domain/parcel.ts';
import type { Written } from './books.ts';
import type { SandboxAnswer, SandboxRequest } from './http.ts';
import type { ParcelBook } from './parcel-book.ts';

/** Keys of EasyPost's test mode only, so that a production key used by mistake is rejected. */
const acceptedKey = /^EZTK\w+$/;

const creation = z.object({ shipment: newParcel });
const purchase = z.object({ rate: z.object({ id: z.string() }) });

/**
 * The part of EasyPost's API that the carrier adapter uses: create, buy, retrieve and refund a shipment.
 *
 * @param publicUrl base URL of the labels; empty means the origin of the request.
 */
export function easypostSandbox(book: ParcelBook, clock: Clock, publicUrl: string) {
  return async (request: SandboxRequest): Promise<SandboxAnswer> => {
    if (!request.apiKey) return easypost.noKey;
    if (!acceptedKey.test(request.apiKey)) return easypost.wrongKey;
    const [, , resource = '', id = '', action = ''] = request.path.split('/').map(decodeURIComponent);
    const labels = `${publicUrl === '' ? request.origin : publicUrl}/labels`;
    switch (`${request.method} ${resource}${id === '' ? '' : '/id'}${action && `/${action}`}`) {
      case 'POST shipments':
        return create(book, readJson(request.body), clock());
      case 'GET shipments/id':
        return shown(await book.find(id));
      case 'POST shipments/id/buy':
        return buy(book, id, readJson(request.body), clock(), labels);
      case 'POST shipments/id/refund':
        return changed(await book.refund(id, clock()), () => easypost.notRefundable);
      default:
        return easypost.notFound;
    }
  };
}

async function create(book: ParcelBook, body: unknown, at: string): Promise<SandboxAnswer> {
  const parsed = z.safeParse(creation, body);
  if (!parsed.success) return easypost.invalidParameters(parsed.error.issues.map(({ path }) => path.join('.')));
  const { shipment } = parsed.data;
  const quirk = quirkOf(shipment.to_address);
  if (quirk === 'refused') return easypost.addressRefused;
  if (quirk === 'faulted') return easypost.broken;
  if (shipment.carrier_accounts?.some((account) => !account.startsWith('ca_'))) return easypost.noSuchAccount;
  return shown(await book.create(shipment, at));
}

async function buy(book: ParcelBook, id: string, body: unknown, at: string, labels: string): Promise<SandboxAnswer> {
  const parsed = z.safeParse(purchase, body);
  const service = parsed.success ? serviceOf(parsed.data.rate.id, id) : undefined;
  if (service === undefined) return easypost.noSuchRate;
  const bought = await book.buy(id, { service, at, labels });
  // The purchase is stored and its response is lost: a later request finds the label.
  if ('done' in bought && quirkOf(detailsOf(bought.done).to_address) === 'lost_answer') return easypost.broken;
  return changed(bought, () => easypost.alreadyBought);
}

function shown(parcel: Parcel | undefined): SandboxAnswer {
  if (parcel === undefined) return easypost.notFound;
  return { status: 200, body: easypost.shipmentObject(parcel, detailsOf(parcel)) };
}

function changed(written: Written<Parcel>, impossible: (parcel: Parcel) => SandboxAnswer): SandboxAnswer {
  if ('done' in written) return shown(written.done);
  return written.instead === undefined ? easypost.notFound : impossible(written.instead);
}

function detailsOf({ details }: Parcel): NewParcel {
  return z.parse(newParcel, JSON.parse(details));
}
