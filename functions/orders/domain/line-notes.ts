import type { OrderResource } from '../../../api/orders.ts';

/** The notes on the lines of an order, by line id. They may be personal, so the order's log does not contain them. */
export type LineNotes = Readonly<Record<string, string>>;

/** What is stored apart from an order and can be erased: the address, the contact and the notes on lines. */
export type PersonalData = Pick<OrderResource, 'shippingAddress' | 'contact'> & {
  readonly lineNotes?: LineNotes | undefined;
};

/** The notes of a request. Line ids are the positions of the lines, from 1. Undefined when no line has a note. */
export function lineNotesOf(lines: readonly { readonly lineNote?: string | undefined }[]): LineNotes | undefined {
  const notes = lines.flatMap(({ lineNote }, index) =>
    lineNote === undefined ? [] : [[`${index + 1}`, lineNote] as const],
  );
  return notes.length === 0 ? undefined : Object.fromEntries(notes);
}
