import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { formats } from '../../bench/replay/formats/index.ts';
import { planReplay, type ReplayPlan } from '../../bench/replay/plan.ts';
import { type ReadSale, readSales } from '../../bench/replay/read-sales.ts';

const directory = mkdtempSync(join(tmpdir(), 'holdfast-sales-'));
let files = 0;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a file that is removed after the tests of a test file. */
export function writeFile(content: string | Uint8Array): string {
  const file = join(directory, `${++files}.csv`);
  writeFileSync(file, content);
  return file;
}

/** A CSV file with the columns of the first row; rows that lack a field have it empty. */
export function writeCsv(...rows: [Record<string, string>, ...Record<string, string>[]]): string {
  const columns = Object.keys(rows[0]);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? '')).join(','));
  return writeFile(`${[columns.map(quoted).join(','), ...lines].join('\n')}\n`);
}

function filesOf(format: string, paths: readonly string[], limit?: number) {
  const known = formats.get(format);
  if (known === undefined) throw new Error(format);
  return { files: paths, format: known, limit };
}

/** What becomes of the sales of files. */
export async function salesIn(format: string, paths: readonly string[], limit?: number): Promise<ReadSale[]> {
  const sales: ReadSale[] = [];
  for await (const sale of readSales(filesOf(format, paths, limit))) sales.push(sale);
  return sales;
}

export function planOf(format: string, paths: readonly string[], limit?: number): Promise<ReplayPlan> {
  return planReplay(filesOf(format, paths, limit));
}
