import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from './stream-reader.ts';

/**
 * The position is written at once, with a fixed length, at the start of the file, so that it is never stored partially.
 */
const LENGTH = 200;

const BEGINNING: Position = { shardId: '', sequenceNumber: '' };

/** The position of one consumer in a stream, in a small file that survives the end of this process. */
export class Checkpoint {
  #file: number | undefined;
  #position = BEGINNING;

  /** @param dataDir undefined stores nothing */
  constructor(dataDir: string | undefined, consumer: string) {
    if (!dataDir) return;
    mkdirSync(join(dataDir, 'checkpoints'), { recursive: true });
    const path = join(dataDir, 'checkpoints', `${consumer}.txt`);
    if (!existsSync(path)) writeFileSync(path, '');
    const [shardId = '', sequenceNumber = ''] = readFileSync(path, 'utf8').slice(0, LENGTH).trim().split(' ');
    this.#position = { shardId, sequenceNumber };
    this.#file = openSync(path, 'r+');
  }

  get position(): Position {
    return this.#position;
  }

  advance(position: Position): void {
    this.#position = position;
    if (this.#file === undefined) return;
    writeSync(this.#file, `${position.shardId} ${position.sequenceNumber}`.padEnd(LENGTH), 0);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
