import { type Decimal, decimalOf } from './decimal.ts';

/** The file is not what its format says. The message has file, line and column. */
export class FileError extends Error {}

/** Stands in a decoded text for bytes that are not UTF-8. */
const undecodable = '\ufffd';
const maxShownColumns = 8;

/** The first line of a file. Names of columns are compared without regard to case and outer spaces. */
export class Header {
  readonly file: string;
  readonly #names: readonly string[];
  readonly #places = new Map<string, number>();

  /** @throws FileError when a required column is missing or stands twice */
  constructor(file: string, names: readonly string[], required: readonly string[]) {
    this.file = file;
    this.#names = names;
    const text = names.join('');
    if (text.includes(undecodable) || text.includes('\0')) throw new FileError(`${file}, line 1: is not a CSV file`);
    for (const [place, name] of names.entries()) {
      const key = keyOf(name);
      if (this.#places.has(key) && required.some((each) => keyOf(each) === key))
        throw new FileError(`${file}, line 1, column ${name}: stands twice`);
      if (!this.#places.has(key)) this.#places.set(key, place);
    }
    const missing = required.filter((name) => !this.#places.has(keyOf(name)));
    if (missing.length > 0)
      throw new FileError(`${file}, line 1: has no column ${missing.join(', ')}; it has ${this.#shown()}`);
  }

  get length(): number {
    return this.#names.length;
  }

  placeOf(column: string): number | undefined {
    return this.#places.get(keyOf(column));
  }

  /** The name of the column at a place, or its number. */
  nameOf(place: number): string {
    return this.#names[place] ?? `${place + 1}`;
  }

  #shown(): string {
    const shown = this.#names.slice(0, maxShownColumns).join(', ');
    return this.#names.length > maxShownColumns ? `${shown} and ${this.#names.length - maxShownColumns} more` : shown;
  }
}

/** A row of a file. Its methods check what they return and name file, line and column when it is wrong. */
export class Row {
  readonly #header: Header;
  readonly #fields: readonly string[];
  readonly line: number;

  constructor(header: Header, line: number, fields: readonly string[]) {
    this.#header = header;
    this.line = line;
    this.#fields = fields;
  }

  get file(): string {
    return this.#header.file;
  }

  /** The text without outer spaces; undefined when it is empty or the file has no such column. */
  optional(column: string): string | undefined {
    const place = this.#header.placeOf(column);
    const text = place === undefined ? '' : (this.#fields[place] ?? '').trim();
    if (text.includes(undecodable)) this.fail(column, 'is not UTF-8 text');
    return text === '' ? undefined : text;
  }

  text(column: string): string {
    return this.optional(column) ?? this.fail(column, 'is empty');
  }

  /** A whole number, which may be negative. */
  whole(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (!/^-?\d+(\.0+)?$/.test(text) || !Number.isSafeInteger(value)) this.fail(column, `is no whole number: ${text}`);
    return value;
  }

  decimal(column: string): Decimal {
    const text = this.text(column);
    return decimalOf(text) ?? this.fail(column, `is no number with at most twelve decimals: ${text}`);
  }

  /** A date with or without a time, as `2010-12-01 08:26:00`: `2010-12-01 08:26:00 +0100` and `12/1/2010 8:26` are read. */
  moment(column: string): string {
    const text = this.text(column);
    return momentOf(text) ?? this.fail(column, `is no date such as 2010-12-01 08:26:00: ${text}`);
  }

  /** @throws FileError */
  fail(column: string, message: string): never {
    throw new FileError(`${this.file}, line ${this.line}, column ${column}: ${message}`);
  }
}

function keyOf(column: string): string {
  return column.trim().toLowerCase();
}

function momentOf(text: string): string | undefined {
  const [, date, time = '00:00'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?$/.exec(text) ?? [];
  if (date !== undefined) return checked(date, time);
  const [, month = '', day = '', year, hour = '0', minutes = '00'] =
    /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d\d))?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  return checked(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`, `${hour.padStart(2, '0')}:${minutes}`);
}

/** Undefined for a date or time that does not exist, such as February 30. */
function checked(date: string, time: string): string | undefined {
  const parsed = new Date(`${date}T${time.length === 5 ? `${time}:00` : time}Z`);
  if (Number.isNaN(parsed.getTime())) return undefined;
  const shown = parsed.toISOString().slice(0, 19).replace('T', ' ');
  return shown.startsWith(date) ? shown : undefined;
}
