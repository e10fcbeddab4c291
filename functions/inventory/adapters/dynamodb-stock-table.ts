import type { Pace } from '../../shared/kernel/backoff.ts';
import type { StockTable } from '../domain/stock-table.ts';
import type { Client } from './conditional-writes.ts';
import { readDueHolds, readStock } from './stock-reads.ts';
import { bookReceipt, writePlan } from './write-receipts.ts';
import { changeReservation, confirmHold, forbidHold, writeHold } from './write-reservations.ts';

export interface StockTableOptions {
  readonly client: Client;
  readonly table: string;
  readonly pace: Pace;
}

export function dynamoStockTable(options: StockTableOptions): StockTable {
  return {
    read: (wanted, how) => readStock(options, wanted, how),
    hold: (reservation) => writeHold(options, reservation),
    confirm: (orderId, now) => confirmHold(options, orderId, now),
    forbid: (orderId) => forbidHold(options, orderId),
    change: (before, change) => changeReservation(options, before, change),
    book: (booking) => bookReceipt(options, booking),
    writePlan: (plan) => writePlan(options, plan),
    dueHolds: (now, limit) => readDueHolds(options, now, limit),
  };
}
