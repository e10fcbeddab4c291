import { createReadStream } from 'node:fs';
import { CsvError, type Info, parse } from 'csv-parse';
import { FileError, Header, Row } from './row.ts';

/** Bytes of a row. A longer one is a quote that is not closed: the parser would read the rest of the file into memory. */
const maxRowBytes = 1024 * 1024;

/**
 * The rows of a CSV file (RFC 4180, UTF-8, columns separated by commas), read as a stream.
 *
 * @param columns that the first line must have
 * @throws FileError with file, line and column
 */
export async function* rowsOf(file: string, columns: readonly string[]): AsyncGenerator<Row> {
  let header: Header | undefined;
  let line = 0;
  // The lines of the rows that are parsed and not read yet.
  const begins: number[] = [];
  const onRecord = (fields: string[], info: Info): string[] | null => {
    const begin = line + 1;
    line = info.lines;
    if (header === undefined) {
      header = new Header(file, fields, columns);
      return null;
    }
    begins.push(begin);
    return fields;
  };
  const input = createReadStream(file);
  const parser = parse({ bom: true, skip_empty_lines: true, max_record_size: maxRowBytes, on_record: onRecord });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      if (header !== undefined) yield new Row(header, begins.shift() ?? line, fields);
    }
  } catch (error) {
    throw error instanceof CsvError ? fromParser(file, error, header) : fromSystem(file, error);
  } finally {
    input.destroy();
    parser.destroy();
  }
  if (header === undefined) throw new FileError(`${file}: is empty`);
}

/** What the parser's errors carry; its types do not name these fields. */
interface Place {
  readonly lines?: number;
  readonly column?: number;
  readonly record?: readonly string[];
}

function fromParser(file: string, error: CsvError, header: Header | undefined): FileError {
  const { lines = 1, column = 0, record = [] } = error as Place;
  if (header === undefined) return new FileError(`${file}, line ${lines}: is not a CSV file (${error.message})`);
  if (/LENGTH/.test(error.code)) {
    const message = `the row has ${record.length} columns and the first line has ${header.length}`;
    return new FileError(`${file}, line ${lines}: ${message}`);
  }
  const name = header.nameOf(column);
  return new FileError(`${file}, line ${lines}, column ${name}: is not CSV (${error.message})`);
}

function fromSystem(file: string, error: unknown): Error {
  if (error instanceof FileError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? (error as Error) : new FileError(`${file}: cannot be read (${code})`);
}
