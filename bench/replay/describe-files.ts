import { currencyDigits } from '../../api/iso-codes.ts';
import { figure, layOut } from '../statistics/table.ts';
import { showDecimal } from './file/decimal.ts';
import type { FileTally, Group, Refusals } from './file-tally.ts';

/** Lays out what the files have and what becomes an order, as lines of text. */
export function describeFiles(file: FileTally): string[] {
  const currencies = [...file.all.amounts.keys()].sort();
  const row = (what: string, { sales, rows, amounts }: Group, text = '') => [
    what,
    sales === 0 ? '' : figure(sales),
    figure(rows),
    ...currencies.map((currency) => showDecimal(amounts.get(currency) ?? 0n, currencyDigits(currency))),
    text,
  ];
  const refused = (kind: string, { byCode }: Refusals) =>
    [...byCode.values()].map(({ reason, group }) => row(`${kind} ${reason.code}`, group, reason.text));
  const table = [
    ['', 'sales', 'rows', ...currencies, ''],
    row('files', file.all),
    row('become orders', file.orders),
    ...(file.returns.sales > 0 ? [row('returns', file.returns, 'counted, not placed')] : []),
    ...refused('sale refused:', file.refusedSales),
    ...refused('row left out:', file.refusedRows),
  ];
  return [
    ...(file.orders.sales > 0 ? [`sales from ${file.firstSoldAt} to ${file.lastSoldAt}`, ''] : []),
    ...layOut(table, [0, 3 + currencies.length]),
    '',
    ...layOut(
      [
        ['', 'files', 'orders'],
        ['sales, without returns', figure(file.all.sales - file.returns.sales), figure(file.orders.sales)],
        ['rows, without returns', figure(file.all.rows - file.returns.rows), figure(file.orders.rows)],
        ['sales over 50 lines', figure(file.longSales.read), figure(file.longSales.ordered)],
        ['sales that name a SKU twice', figure(file.repeatingSales.read), figure(file.repeatingSales.ordered)],
      ],
      [0],
    ),
    '',
    ...describeRounding(file),
  ];
}

function describeRounding(file: FileTally): string[] {
  const gains = [...file.goodsMinor.keys()].map(
    (currency) => `${showDecimal(file.roundingOf(currency), currencyDigits(currency))} ${currency}`,
  );
  return [
    `${figure(file.orderLines)} lines of orders, ${figure(file.units)} units`,
    `${figure(file.roundedLines)} rows with a fraction of the smallest unit of money, rounded half up` +
      (file.roundedLines > 0 ? `: ${gains.join(', ')} in all` : ''),
    `${figure(file.splitLines)} rows whose amount is no multiple of their units: two lines each, one unit of money apart`,
  ];
}
