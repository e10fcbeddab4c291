import type { NewParcel, Parcel, ParcelAddress } from '../domain/parcel.ts';
import { code128 } from './code128.ts';
import { type Page, pdfOfPage, widthOf, wrapped } from './pdf.ts';

/** 4 x 6 inches in points, the format of thermal label printers. */
const width = 288;
const height = 432;
const margin = 14;
const inner = width - 2 * margin;

/** Width of the narrowest bar in points (0.5 mm): wide enough for any scanner, and 22 digits with quiet zones fit. */
const module = 1.42;
const barHeight = 70;

/** Draws the label of a parcel that was bought, as a PDF of one page. */
export function labelOf(parcel: Parcel, details: NewParcel): Uint8Array {
  return pdfOfPage(width, height, (page) => {
    page.text(margin, 34, 22, parcel.carrier, 'bold');
    rightAligned(page, 34, 16, parcel.service.toUpperCase());
    page.line(margin, 44, width - margin, 44, 2);

    page.text(margin, 58, 7, 'FROM');
    drawAddress(page, details.from_address, { y: 69, size: 8, maxLines: 6 });
    rightAligned(page, 58, 8, `${details.parcel.weight.toFixed(1)} oz`);
    rightAligned(page, 69, 8, parcel.boughtAt?.slice(0, 10) ?? '');
    page.line(margin, 128, width - margin, 128);

    page.text(margin, 142, 8, 'SHIP TO', 'bold');
    drawAddress(page, details.to_address, { y: 162, size: 13, maxLines: 7 });
    page.line(margin, 276, width - margin, 276, 2);

    drawBarcode(page, parcel.trackingCode, 288);
    page.line(margin, 392, width - margin, 392);

    page.text(margin, 405, 7, `REF ${details.options?.print_custom_1 ?? parcel.reference}`);
    page.text(margin, 420, 9, 'SANDBOX - NOT FOR SHIPPING', 'bold');
    if (parcel.status === 'refunded') rightAligned(page, 420, 9, 'VOID');
  });
}

function drawAddress(
  page: Page,
  address: ParcelAddress,
  { y, size, maxLines }: { y: number; size: number; maxLines: number },
): void {
  const place = [address.zip, address.city, address.state].filter(Boolean).join(' ');
  const parts = [address.name, address.street1, address.street2, place, address.country];
  const lines = parts.filter((part) => part).flatMap((part) => wrapped(part ?? '', size, inner, 2));
  for (const [index, line] of lines.slice(0, maxLines).entries()) {
    page.text(margin, y + index * size * 1.2, size, line, index === 0 ? 'bold' : 'regular');
  }
}

function drawBarcode(page: Page, trackingCode: string, y: number): void {
  const { bars, modules } = code128(trackingCode);
  const left = (width - modules * module) / 2;
  for (const bar of bars) page.box(left + bar.at * module, y, bar.width * module, barHeight);
  const readable = trackingCode.replace(/(.{4})(?=.)/g, '$1 ');
  page.text((width - widthOf(readable, 11, 'bold')) / 2, y + barHeight + 18, 11, readable, 'bold');
}

function rightAligned(page: Page, y: number, size: number, text: string): void {
  page.text(width - margin - widthOf(text, size, 'bold'), y, size, text, 'bold');
}
