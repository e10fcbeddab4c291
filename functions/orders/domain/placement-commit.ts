import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Commit, Origin } from './commit.ts';
import type { PricedOrder } from './price-order.ts';

/** Characters of a postal code that say where a parcel goes without saying who lives there. */
const postalAreaLength = 3;

/** The commit that every order begins with. */
export function placementCommit(
  order: { readonly orderId: string; readonly customerId: string; readonly requestHash: string },
  body: PlaceOrderBody,
  priced: PricedOrder,
  origin: Origin,
  now: Instant,
): Commit {
  const { country, postalCode } = body.shippingAddress;
  return {
    ...origin,
    orderId: order.orderId,
    version: 1,
    committedAt: now,
    requestHash: order.requestHash,
    events: [
      {
        type: 'OrderPlaced',
        version: 1,
        data: {
          customerId: order.customerId,
          currency: body.currency,
          lines: priced.lines,
          totals: priced.totals,
          shipTo: { country, postalArea: postalCode.slice(0, postalAreaLength) },
          paymentMethodId: body.paymentMethodId,
          ...(body.locale === undefined ? {} : { locale: body.locale }),
          // Where nothing is said orders may be split: the usual case costs no bytes.
          ...(body.allowSplitShipments === false ? { allowSplitShipments: false } : {}),
        },
      },
    ],
  };
}
