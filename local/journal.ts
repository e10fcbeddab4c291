import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** A journal is rewritten with its living records once it has grown by this many bytes. */
const REWRITE_AFTER_BYTES = 32 * 1024 * 1024;

/**
 * An append-only file of JSON lines. A record that `append` took survives the end of this process, however it ends:
 * the operating system has it. (It is not synced, so a power cut may lose the last ones.) Without a path it keeps
 * nothing.
 */
export class Journal<Entry> {
  readonly #path: string | undefined;
  readonly #living: () => Iterable<Entry>;
  #file: number | undefined;
  #written = 0;
  #closed = false;

  /** @param living the entries that a rewritten journal keeps */
  constructor(path: string | undefined, living: () => Iterable<Entry>) {
    this.#path = path;
    this.#living = living;
  }

  /** The entries of the last run, oldest first. A last line that was cut off is left out. Call before `append`. */
  replay(): Entry[] {
    if (!this.#path || !existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    lines.pop();
    return lines.map((line) => JSON.parse(line) as Entry);
  }

  append(entry: Entry): void {
    if (!this.#path || this.#closed) return;
    this.#file ??= this.#rewrite(this.#path);
    this.#written += writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    if (this.#written > REWRITE_AFTER_BYTES) {
      closeSync(this.#file);
      this.#file = this.#rewrite(this.#path);
    }
  }

  /** Takes nothing any more: the file may belong to the next run by now. */
  close(): void {
    this.#closed = true;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #rewrite(path: string): number {
    const lines = [...this.#living()].map((entry) => `${JSON.stringify(entry)}\n`);
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
    this.#written = 0;
    return openSync(path, 'a');
  }
}
