import { dynamo } from '../../shared/aws/clients.ts';
import type { WaitingLines } from '../domain/waiting-line.ts';
import type { Client } from './conditional-writes.ts';
import { findWaiting, waitingInOrder } from './read-waiting.ts';
import {
  fillOrder,
  forgetFilled,
  joinLine,
  leaveLine,
  moveOrder,
  putOnSale,
  settleOrder,
  wakeLine,
} from './write-waiting.ts';

export interface LinesOptions {
  readonly client: Client;
  readonly table: string;
}

/** Waiting orders in the table of the stock: whoever waits, what is kept for him and what he gets change in one write. */
export function waitingLines(table: string, client: Client = dynamo()): WaitingLines {
  const options = { client, table };
  return {
    find: (orderId) => findWaiting(options, orderId),
    inOrder: (sku, after, limit) => waitingInOrder(options, sku, after, limit),
    join: (order, line) => joinLine(options, order, line),
    fill: (order, reservation) => fillOrder(options, order, reservation),
    settle: (order) => settleOrder(options, order),
    move: (order, to) => moveOrder(options, order, to),
    leave: (order) => leaveLine(options, order),
    forget: (orderId) => forgetFilled(options, orderId),
    putOnSale: (line, surplus) => putOnSale(options, line, surplus),
    wake: (sku) => wakeLine(options, sku),
  };
}
