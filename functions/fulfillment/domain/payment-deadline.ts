import { addSeconds, type Instant } from '../../shared/kernel/time.ts';

/** Seconds before the end of the hold on the stock that the rest of the saga needs, started late and repeated. */
const mostReserveSeconds = 120;
/** The same as a part of a short hold. */
const reserveShare = 0.2;

/**
 * The last moment at which a customer's confirmation of the payment counts. After it, the order could not be confirmed before
 * the hold on its stock ends.
 *
 * @param expiresAt the end of the hold.
 * @param holdSeconds how long stock is held.
 */
export function actionDeadline(expiresAt: string, holdSeconds: number): Instant {
  return addSeconds(expiresAt as Instant, -Math.min(mostReserveSeconds, Math.ceil(holdSeconds * reserveShare)));
}
