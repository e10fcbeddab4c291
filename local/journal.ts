import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** A journal that has grown by this many bytes is rewritten with the entries that still count. */
const REWRITE_AFTER_BYTES = 32 * 1024 * 1024;

/**
 * An append-only file of JSON lines. Once `append` returns, the operating system has the entry, so it survives the end
 * of this process in any way. It is not synced to the disk: a power cut may lose the last entries. Without a path
 * nothing is stored.
 */
export class Journal<Entry> {
  readonly #path: string | undefined;
  readonly #remaining: () => Iterable<Entry>;
  #file: number | undefined;
  #written = 0;
  #closed = false;

  /** @param remaining the entries that a rewritten journal keeps */
  constructor(path: string | undefined, remaining: () => Iterable<Entry>) {
    this.#path = path;
    this.#remaining = remaining;
  }

  /** The entries of the last run, oldest first, without a last line that was cut off. Call it before `append`. */
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

  /** Ignores further entries: by now the file may belong to the next run. */
  close(): void {
    this.#closed = true;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #rewrite(path: string): number {
    const lines = [...this.#remaining()].map((entry) => `${JSON.stringify(entry)}\n`);
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
    this.#written = 0;
    return openSync(path, 'a');
  }
}
