import { readFileSync, writeFileSync } from 'node:fs';
import { drawChart } from './chart.ts';
import { sweepHeader, sweepRows, unpreparedHeader, unpreparedRows } from './describe.ts';
import { type GoalResults, goalVerdicts } from './goals.ts';
import type { SaleResult } from './sale-result.ts';

interface Published {
  readonly seed: number;
  readonly goals?: GoalResults;
  readonly sweep?: readonly SaleResult[];
  readonly unprepared?: readonly SaleResult[];
}

/**
 * Draws the chart, and writes the tables between their marks in the page.
 *
 * @param docs the directory of `inventory.md` and `inventory.svg`.
 */
export function publish({ sweep, goals, unprepared, seed }: Published, docs: URL): void {
  const page = new URL('inventory.md', docs);
  if (sweep !== undefined) {
    const caption = `Simulated, seed ${seed}: npm run bench:inventory -- --chart`;
    writeFileSync(new URL('inventory.svg', docs), drawChart(sweep, caption));
    writeSection(page, 'sweep', [sweepHeader, ...sweepRows(sweep)]);
  }
  if (unprepared !== undefined) {
    writeSection(page, 'unprepared', [unpreparedHeader, ...unpreparedRows(unprepared)]);
  }
  if (goals !== undefined) {
    const rows = goalVerdicts(goals).map(({ what, measured, bound, budget, verdict }) => [
      what.trim(),
      String(Math.round(measured * 100) / 100),
      `${bound} ${budget}`,
      verdict,
    ]);
    writeSection(page, 'goals', [[`simulated, seed ${seed}`, 'measured', 'goal', ''], ...rows]);
  }
}

/**
 * Writes rows as a table between the marks of this name.
 *
 * @throws Error when the page has no marks of this name.
 */
function writeSection(page: URL, name: string, rows: readonly (readonly string[])[]): void {
  const [header = '', ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  const rule = `|${' --- |'.repeat(rows[0]?.length ?? 0)}`;
  const [before, after] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(before), text.indexOf(after)];
  if (from < 0 || to < from) throw new Error(`${page.pathname} has no marks for the table ${name}`);
  const table = [before, '', header, rule, ...body, '', ''].join('\n');
  writeFileSync(page, text.slice(0, from) + table + text.slice(to));
}
