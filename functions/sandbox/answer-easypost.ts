import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { easypostSandbox } from './adapters/easypost-sandbox.ts';
import { sandboxHandler } from './adapters/http.ts';
import { parcelBook } from './adapters/parcel-book.ts';
import { broken } from './domain/easypost-answers.ts';

const { SANDBOX_TABLE, SANDBOX_PUBLIC_URL } = readConfig('SANDBOX_TABLE', 'SANDBOX_PUBLIC_URL');

/** Stands in for the carrier gateway: answers as EasyPost does and keeps books of what it did. */
export const handler = sandboxHandler(
  easypostSandbox(parcelBook(SANDBOX_TABLE), systemClock, SANDBOX_PUBLIC_URL),
  broken,
);
