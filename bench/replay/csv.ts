/**
 * Reads comma-separated values as RFC 4180 defines them: quoted fields may hold commas, line breaks and doubled
 * quotes; lines end with LF or CRLF; the last line may lack its end. One small file is read by it, so that no package
 * is installed for it.
 *
 * @throws SyntaxError for a quote that is never closed, or that is followed by text.
 */
export function* parseCsv(text: string): Generator<string[]> {
  let record: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const { value, end } = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    record.push(value);
    at = end;
    if (text[at] === ',') {
      at += 1;
      // A comma at the very end of the file still begins a field.
      if (at < text.length) continue;
      record.push('');
    }
    if (text[at] === '\r') at += 1;
    if (at < text.length && text[at] !== '\n') throw new SyntaxError(`unexpected text after the field at ${at}`);
    at += 1;
    yield record;
    record = [];
  }
}

/** Records as objects by the names in the first line. */
export function* parseCsvObjects(text: string): Generator<Record<string, string>> {
  const records = parseCsv(text);
  const names = records.next().value ?? [];
  for (const record of records) {
    if (record.length !== names.length)
      throw new SyntaxError(`${record.length} fields, not ${names.length}: ${record}`);
    yield Object.fromEntries(names.map((name: string, index: number) => [name, record[index] ?? '']));
  }
}

interface Field {
  readonly value: string;
  /** Where the text goes on. */
  readonly end: number;
}

function plainField(text: string, start: number): Field {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(start, end), end };
}

function quotedField(text: string, start: number): Field {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) throw new SyntaxError(`the quote at ${start} is never closed`);
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  return { value: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}
