import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** Pixels per point: 216 dpi, about the resolution of a label printer (203 dpi). */
const scale = 3;

/** The first page of a PDF as a viewer displays it. */
export interface ViewedPage {
  /** In points. */
  readonly width: number;
  readonly height: number;
  readonly pageCount: number;
  readonly text: string;
  /** The bar codes that a scanner finds in the picture of the page. */
  readonly barcodes: readonly { readonly format: string; readonly text: string }[];
}

/**
 * Opens a PDF with PDFium, draws its first page and scans the picture for bar codes with ZXing.
 *
 * @throws Error when PDFium cannot open it.
 */
export async function viewPdf(pdf: Uint8Array): Promise<ViewedPage> {
  const pdfium = await PDFiumLibrary.init();
  try {
    const document = await pdfium.loadDocument(pdf);
    const page = document.getPage(0);
    // Before `render`, which closes the page.
    const text = page.getText();
    const { data, width, height, originalWidth, originalHeight } = await page.render({ scale });
    const picture = { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' } as const;
    const view = {
      width: originalWidth,
      height: originalHeight,
      pageCount: document.getPageCount(),
      text,
      barcodes: await scan(picture),
    };
    document.destroy();
    return view;
  } finally {
    pdfium.destroy();
  }
}

async function scan(picture: Parameters<typeof readBarcodes>[0]): Promise<ViewedPage['barcodes']> {
  const wasmFile = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  // Without `wasmBinary` the library downloads it from a content delivery network.
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasmFile).buffer as ArrayBuffer } });
  const found = await readBarcodes(picture, { tryHarder: true });
  return found.map(({ format, text }) => ({ format, text }));
}
