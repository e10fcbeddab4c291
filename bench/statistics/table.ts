/** Lays out cells in columns; those in `leftColumns` are left-aligned, the others right-aligned. */
export function layOut(rows: readonly (readonly string[])[], leftColumns: readonly number[] = [0]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return leftColumns.includes(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Formats a number with separated thousands and about three significant digits. */
export function figure(value: number): string {
  const decimals = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Formats minor units of a currency, which has two decimals unless another number is given. */
export function money(amountMinor: number, digits = 2): string {
  const amount = amountMinor / 10 ** digits;
  return amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
