import type { SaleResult } from './sale-result.ts';
import { algorithms, isAtRate, isAtShards } from './scenarios.ts';
import type { Algorithm } from './shop-process.ts';

interface Panel {
  readonly title: string;
  readonly value: (result: SaleResult) => number;
  /** True for an axis in decades, for values of very different size. */
  readonly logarithmic?: boolean;
}

const panels: readonly Panel[] = [
  { title: 'sales/s', value: (result) => result.salesPerSecond, logarithmic: true },
  { title: 'write units a sale', value: (result) => result.writeUnitsPerSale, logarithmic: true },
  { title: 'p99 of a sale, ms', value: (result) => result.soldMs?.p99 ?? 0, logarithmic: true },
  { title: 'wrong denials, % of all', value: (result) => (100 * result.wrongDenials) / Math.max(1, result.denied) },
];

const columns = [
  { title: 'requests/s, 128 shards', of: isAtRate, x: (result: SaleResult) => result.perSecond },
  { title: 'shards, 10,000 requests/s', of: isAtShards, x: (result: SaleResult) => result.shards },
] as const;

const colors: Readonly<Record<Algorithm, string>> = { T: '#4269d0', J: '#3ca951', naive: '#ff725c' };
const dashes: Readonly<Record<Algorithm, string>> = { T: '6 3', J: '', naive: '2 3' };

const size = { width: 340, height: 170, left: 70, top: 60, gapX: 100, gapY: 62 } as const;

/** Draws two columns (over rates, over shards) of four panels, with one line for each algorithm. */
export function drawChart(results: readonly SaleResult[], caption: string): string {
  const width = size.left + columns.length * (size.width + size.gapX);
  const height = size.top + panels.length * (size.height + size.gapY);
  const drawn = columns.flatMap((column, columnIndex) =>
    panels.map((panel, row) => {
      const points = results.filter(column.of);
      const x = size.left + columnIndex * (size.width + size.gapX);
      const y = size.top + row * (size.height + size.gapY);
      return `<g transform="translate(${x} ${y})">${drawPanel(panel, column, points)}</g>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(caption)}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${size.left}" y="20" font-size="14">${escaped(caption)}</text>`,
    // The legend stands beside the title.
    `<g transform="translate(480 -22)">${legend()}</g>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function legend(): string {
  return algorithms
    .map((algorithm, index) => {
      const x = size.left + index * 90;
      return `${stroke(
        [
          [x, 38],
          [x + 28, 38],
        ],
        algorithm,
      )}<text x="${x + 34}" y="42">${algorithm}</text>`;
    })
    .join('');
}

function drawPanel(panel: Panel, column: (typeof columns)[number], results: readonly SaleResult[]): string {
  const xs = results.map(column.x);
  const values = results.map(panel.value).filter((value) => !panel.logarithmic || value > 0);
  const toX = scale(Math.min(...xs), Math.max(...xs), size.width, true);
  const [low, high] = bounds(values, panel.logarithmic === true);
  const up = scale(low, high, size.height, panel.logarithmic === true);
  const toY = (value: number) => size.height - up(value);
  const grid = ticks(low, high, panel.logarithmic === true).map(
    (tick) =>
      `<line x2="${size.width}" y1="${round(toY(tick))}" y2="${round(toY(tick))}" stroke="#ddd"/>` +
      `<text x="-6" y="${round(toY(tick) + 4)}" text-anchor="end">${tick.toLocaleString('en-US')}</text>`,
  );
  const marks = [...new Set(xs)].map(
    (x) => `<text x="${round(toX(x))}" y="${size.height + 15}" text-anchor="middle">${short(x)}</text>`,
  );
  const lines = algorithms.map((algorithm) => {
    const points = results
      .filter((result) => result.algorithm === algorithm && (!panel.logarithmic || panel.value(result) > 0))
      .sort((a, b) => column.x(a) - column.x(b))
      .map((result): [number, number] => [toX(column.x(result)), toY(panel.value(result))]);
    return stroke(points, algorithm);
  });
  return [
    `<text y="-8" font-weight="bold">${panel.title}</text>`,
    ...grid,
    ...marks,
    `<text x="${size.width / 2}" y="${size.height + 30}" text-anchor="middle" fill="#666">${column.title}</text>`,
    ...lines,
  ].join('');
}

function stroke(points: readonly (readonly [number, number])[], algorithm: Algorithm): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  const dots = points.map(
    ([x, y]) => `<circle cx="${round(x)}" cy="${round(y)}" r="2.5" fill="${colors[algorithm]}"/>`,
  );
  return `<polyline points="${path}" fill="none" stroke="${colors[algorithm]}" stroke-width="1.8" stroke-dasharray="${dashes[algorithm]}"/>${dots.join('')}`;
}

function scale(low: number, high: number, length: number, logarithmic: boolean): (value: number) => number {
  const place = logarithmic ? Math.log10 : (value: number) => value;
  const span = place(high) - place(low) || 1;
  return (value) => ((place(value) - place(low)) / span) * length;
}

/** The limits of an axis: whole decades, or from zero. */
function bounds(values: readonly number[], logarithmic: boolean): [low: number, high: number] {
  if (!logarithmic) return [0, Math.max(1, ...values)];
  const low = 10 ** Math.floor(Math.log10(Math.min(...values, 1_000)));
  return [low, 10 ** Math.ceil(Math.log10(Math.max(...values, low * 10)))];
}

function ticks(low: number, high: number, logarithmic: boolean): number[] {
  if (!logarithmic) return [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * high * 100) / 100);
  const count = Math.round(Math.log10(high / low));
  return Array.from({ length: count + 1 }, (_, index) => Number((low * 10 ** index).toPrecision(6)));
}

const short = (value: number) => (value >= 1_000 ? `${value / 1_000}k` : String(value));
const round = (value: number) => Math.round(value * 10) / 10;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
