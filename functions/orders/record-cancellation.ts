import { readConfig } from '../shared/config.ts';
import { endUndoneOrderStep } from './adapters/undone-order.ts';

const config = readConfig('ORDERS_TABLE');

export const handler = endUndoneOrderStep('cancellation', config.ORDERS_TABLE);
