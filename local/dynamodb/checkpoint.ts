import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { readIfAny, replaceFile, writeAll } from '../data-file.ts';
import type { Position } from './stream-reader.ts';

/**
 * The position is written at once, with a fixed length, at the start of the file, so that it is never stored partially. The
 * file has that length from the beginning: storing a position needs no more room on the disk.
 */
const LENGTH = 200;

const BEGINNING: Position = { shardId: '', sequenceNumber: '' };
const BEGINNING_TEXT = '-'.padEnd(LENGTH);

/** The position of one consumer in a stream, in a small file that survives the end of this process. */
export class Checkpoint {
  readonly #path: string = '';
  #file: number | undefined;
  #position = BEGINNING;
  #isBehind = false;

  /** @param dataDir undefined stores nothing */
  constructor(dataDir: string | undefined, consumer: string) {
    if (!dataDir) return;
    const dir = join(dataDir, 'checkpoints');
    mkdirSync(dir, { recursive: true });
    this.#path = join(dir, `${consumer}.txt`);
    const stored = positionIn(this.#path);
    this.#position = stored ?? BEGINNING;
    if (!stored) replaceFile(this.#path, BEGINNING_TEXT);
    this.#file = openSync(this.#path, 'r+');
  }

  get position(): Position {
    return this.#position;
  }

  /** A position that cannot be stored is reported; after a crash the records since the last one that was are read again. */
  advance(position: Position): void {
    this.#position = position;
    if (this.#file === undefined) return;
    try {
      writeAll(this.#file, textOf(position), 0);
      this.#isBehind = false;
    } catch (error) {
      if (!this.#isBehind) console.error(`${this.#path} cannot be written:`, (error as Error).message);
      this.#isBehind = true;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function textOf({ shardId, sequenceNumber }: Position): string {
  return `${shardId} ${sequenceNumber}`.padEnd(LENGTH);
}

/** The stored position; undefined when there is none. Consumers of streams accept a record that they have had before. */
function positionIn(path: string): Position | undefined {
  const again = 'the stream is read again from its beginning';
  const text = readIfAny(path, again);
  if (text === undefined) return undefined;
  if (text === BEGINNING_TEXT) return BEGINNING;
  const [, shardId, sequenceNumber] = /^([!-~]+) (\d+) *$/.exec(text) ?? [];
  if (shardId && sequenceNumber && text.length === LENGTH) return { shardId, sequenceNumber };
  console.error(`${path} is damaged: ${again}`);
  return undefined;
}
