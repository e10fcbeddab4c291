import { rowsOf } from './csv-rows.ts';
import { FileError, type Row } from './row.ts';
import type { Rows, SaleFormat } from './sale.ts';

/** Rows of one sale, which are in memory together. More is taken for a column without numbers of sales. */
const maxRows = 10_000;

/** The rows of one sale. */
export interface SaleRows {
  readonly number: string;
  readonly rows: Rows;
}

/**
 * The sales of files, one after another. Adjacent rows with the same number are one sale, also across the end of a file.
 * One sale is in memory at a time, and the numbers of all earlier ones.
 *
 * @throws FileError for rows of a sale that stand apart: the sale was complete when its number ended, so the later rows
 *   would be missing in it
 */
export async function* salesOf(files: readonly string[], format: SaleFormat): AsyncGenerator<SaleRows> {
  const ended = new Set<string>();
  let number = '';
  let rows: Row[] = [];
  for (const file of files) {
    for await (const row of rowsOf(file, format.columns)) {
      const next = row.text(format.numberColumn);
      if (next !== number) {
        if (isFilled(rows)) yield { number, rows };
        ended.add(number);
        if (ended.has(next)) row.fail(format.numberColumn, apart(next));
        number = next;
        rows = [];
      }
      rows.push(row);
      if (rows.length > maxRows) row.fail(format.numberColumn, `more than ${maxRows} rows have the number ${number}`);
    }
  }
  if (isFilled(rows)) yield { number, rows };
  else throw new FileError(`${files.join(', ')}: no rows`);
}

function apart(number: string): string {
  return `rows of ${number} stand apart: other rows are between them, or a file is named twice. Sort the file by this column`;
}

function isFilled(rows: Row[]): rows is [Row, ...Row[]] {
  return rows.length > 0;
}
