import { dynamodbReservationChanges, expireHold } from '../inventory/index.ts';
import { orderLists, stalledOrders } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { sweepEach } from '../shared/kernel/sweep.ts';
import { addSeconds, systemClock } from '../shared/kernel/time.ts';
import { reportSweep } from '../shared/report-sweep.ts';
import { holdExpirer } from './commands/expire-hold.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDER_VIEWS_TABLE', 'HOLD_SECONDS');
const reservations = dynamodbReservationChanges(config.INVENTORY_TABLE);
const stalled = stalledOrders(orderLists(config.ORDER_VIEWS_TABLE));

/**
 * Releases expired holds. An unconfirmed hold belongs to an unconfirmed order, so the order lists find it. An index of
 * holds would cost every sale two write units, in few partitions.
 */
export const handler = async (): Promise<void> => {
  const now = systemClock();
  const since = addSeconds(now, -config.HOLD_SECONDS);
  async function* orders() {
    yield* stalled('placed', since);
    yield* stalled('on_hold', since);
  }
  reportSweep(
    'expired holds released',
    await sweepEach(
      orders(),
      holdExpirer((orderId) => expireHold(orderId, now, reservations)),
    ),
  );
};
