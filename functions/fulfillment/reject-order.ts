import { readConfig } from '../shared/config.ts';
import { endUndoneOrderStep } from './commands/end-undone-order.ts';

const config = readConfig('ORDERS_TABLE');

export const handler = endUndoneOrderStep('order', config.ORDERS_TABLE);
