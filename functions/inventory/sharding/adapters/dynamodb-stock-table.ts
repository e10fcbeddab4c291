import type { Client } from '../../../shared/conditional-writes.ts';
import type { Pace } from '../../../shared/kernel/backoff.ts';
import { writeBoard } from '../../availability/adapters/dynamodb-snapshot-store.ts';
import { postUnits } from '../../ledger/adapters/write-postings.ts';
import { bookReceipt } from '../../ledger/adapters/write-receipts.ts';
import {
  changeReservation,
  confirmHold,
  forbidHold,
  voidNonce,
  writeHold,
} from '../../reservations/adapters/dynamodb-reservation-store.ts';
import { readBoard, readHotSkus, readStock } from '../../reservations/adapters/stock-reads.ts';
import type { StockTable } from '../commands/stock-table.ts';
import { reopenShards, writePlan } from './dynamodb-plan-store.ts';
import { dropEntries, undoDebit, writeDebit } from './write-debits.ts';
import { transferUnits } from './write-transfers.ts';

export interface StockTableOptions {
  readonly client: Client;
  /** Sends every request once: for writes whose outcome must not be guessed from that of a repetition. */
  readonly once: Client;
  readonly table: string;
  readonly pace: Pace;
}

export function dynamoStockTable(options: StockTableOptions): StockTable {
  return {
    read: (wanted, how) => readStock(options, wanted, how),
    hold: (reservation) => writeHold(options, reservation),
    debit: (debit) => writeDebit(options, debit),
    undoDebit: (units) => undoDebit(options, units),
    dropEntries: (shard, nonces) => dropEntries(options, shard, nonces),
    voidNonce: (orderId, nonce) => voidNonce(options, orderId, nonce),
    readBoard: (sku, copy) => readBoard(options, sku, copy),
    writeBoard: (copy, board) => writeBoard(options, copy, board),
    transfer: (transfer) => transferUnits(options, transfer),
    confirm: (orderId, now) => confirmHold(options, orderId, now),
    forbid: (orderId) => forbidHold(options, orderId),
    change: (before, change) => changeReservation(options, before, change),
    book: (booking) => bookReceipt(options, booking),
    post: (posting) => postUnits(options, posting),
    writePlan: (plan) => writePlan(options, plan),
    reopen: (plan, shards) => reopenShards(options, plan, shards),
    hotSkus: () => readHotSkus(options),
  };
}
