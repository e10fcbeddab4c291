import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { logger } from '../shared/logging.ts';
import { stockStore } from './adapters/dynamodb-stock-store.ts';
import { reportSweep } from './adapters/report-sweep.ts';
import { sweepHolds } from './domain/expire-holds.ts';

const stock = stockStore(readConfig('INVENTORY_TABLE').INVENTORY_TABLE);

/** The seam for whoever brings an order to an end whose hold ran out. Its saga, while it runs, finds out by itself. */
const onExpired = (orderId: string) => logger.info('hold expired', { orderId });

export const handler = async (): Promise<void> => reportSweep(await sweepHolds(stock, systemClock(), onExpired));
