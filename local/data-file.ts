import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

/** Read and written by its owner only: the data contains secrets, names and addresses. */
const OWNER_ONLY = 0o600;

/** A file of the data directory that cannot be used. The message names the file and says what to do. */
export class DataFileError extends Error {
  override name = 'DataFileError';
}

/**
 * Writes the whole text. The operating system may take less than it is given, on a disk that is almost full for example.
 *
 * @param position where in the file; undefined appends
 */
export function writeAll(file: number, text: string, position?: number): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position === undefined ? null : position + done);
  }
}

/**
 * Replaces a file by another content. Whatever ends this process or the machine, the file has its old content or the new one.
 *
 * @throws DataFileError; then the file has its old content
 */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.new`;
  let file: number | undefined;
  try {
    file = openSync(next, 'w', OWNER_ONLY);
    fchmodSync(file, OWNER_ONLY);
    writeAll(file, text);
    fsyncSync(file);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw notWritten(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * The content of a file; undefined when there is none. A file without any content is what a full disk or a power cut can leave
 * of a new one. There is nothing in it to lose, so it counts as none, and the consequence is printed.
 */
export function readIfAny(path: string, consequence: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  if (/[^\s\0]/.test(text)) return text;
  console.error(`${path} is empty: ${consequence}`);
  return undefined;
}

export function notWritten(path: string, cause: unknown): DataFileError {
  const { message } = cause as Error;
  return new DataFileError(`${path} cannot be written (${message}): make room on the disk, or name another directory`, {
    cause,
  });
}
