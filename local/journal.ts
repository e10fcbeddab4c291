import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { DataFileError, notWritten, replaceFile, writeAll } from './data-file.ts';

/** A journal that has grown by this many bytes is rewritten with the entries that still count. */
const REWRITE_AFTER_BYTES = 32 * 1024 * 1024;

/**
 * An append-only file of JSON lines. Once `append` returns, the operating system has the entry, so it survives the end
 * of this process in any way. It is not synced to the disk: a power cut may lose the last entries. Without a path
 * nothing is stored.
 */
export class Journal<Entry extends object> {
  readonly #path: string | undefined;
  readonly #remaining: () => Iterable<Entry>;
  #file: number | undefined;
  #written = 0;
  #closed = false;
  #isBehind = false;

  /** @param remaining the entries that a rewritten journal keeps, without one that is being appended */
  constructor(path: string | undefined, remaining: () => Iterable<Entry>) {
    this.#path = path;
    this.#remaining = remaining;
  }

  /**
   * The entries of the last run, oldest first. Call it before `append`. A last line that was cut off was never acknowledged
   * and is left out, as is a damaged last line, which is reported.
   *
   * @throws DataFileError when another line is damaged
   */
  replay(): Entry[] {
    if (!this.#path || !existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    lines.pop();
    const entries: Entry[] = [];
    for (const [index, line] of lines.entries()) {
      const entry = entryIn<Entry>(line);
      if (entry) entries.push(entry);
      else if (index === lines.length - 1) console.error(`${this.#path}: the last line is damaged and is left out`);
      else throw damagedLine(this.#path, index + 1);
    }
    return entries;
  }

  /**
   * Stores an entry that must not be lost.
   *
   * @throws DataFileError; then the entry is not in the journal
   */
  append(entry: Entry): void {
    if (!this.#path || this.#closed) return;
    if (this.#file === undefined || this.#written > REWRITE_AFTER_BYTES) this.#rewrite(this.#path);
    const line = `${JSON.stringify(entry)}\n`;
    try {
      writeAll(this.#file as number, line);
      this.#written += line.length;
    } catch (error) {
      // The file may end with a part of the line. The next entry rewrites it.
      this.#closeFile();
      throw notWritten(this.#path, error);
    }
  }

  /**
   * Stores an entry whose loss costs a repetition and nothing else, such as the end of something. It never throws: an entry
   * that cannot be written now is contained in the next rewriting of the journal, which the next entry causes.
   */
  note(entry: Entry): void {
    try {
      this.append(entry);
      this.#isBehind = false;
    } catch (error) {
      if (!this.#isBehind) console.error((error as Error).message);
      this.#isBehind = true;
    }
  }

  /** Ignores further entries: by now the file may belong to the next run. */
  close(): void {
    this.#closed = true;
    this.#closeFile();
  }

  #rewrite(path: string): void {
    this.#closeFile();
    replaceFile(path, [...this.#remaining()].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    this.#file = openSync(path, 'a');
    this.#written = 0;
  }

  #closeFile(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function entryIn<Entry extends object>(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

function damagedLine(path: string, line: number): DataFileError {
  return new DataFileError(
    `${path}: line ${line} is damaged. Delete that line to lose the message or the execution that it stands for, or start ` +
      'with --fresh to lose all local data.',
  );
}
