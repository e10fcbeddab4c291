import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { easypostSandbox } from './adapters/easypost-sandbox.ts';
import { sandboxHandler } from './adapters/http.ts';
import { parcelBook } from './adapters/parcel-book.ts';
import { broken } from './domain/easypost-answers.ts';

const { SANDBOX_TABLE, SANDBOX_PUBLIC_URL } = readConfig('SANDBOX_TABLE', 'SANDBOX_PUBLIC_URL');

/** Replaces the carrier gateway in dev: answers in EasyPost's format and records every parcel. */
export const handler = sandboxHandler(
  easypostSandbox(parcelBook(SANDBOX_TABLE), systemClock, SANDBOX_PUBLIC_URL),
  broken,
);
