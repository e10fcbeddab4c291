import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { isParcelId, newParcel } from '../domain/parcel.ts';
import { labelOf } from './label.ts';
import type { ParcelBook } from './parcel-book.ts';

const notFound: APIGatewayProxyStructuredResultV2 = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'There is no such label.\n',
};

/** Answers `/labels/<parcel id>.pdf` with the PDF of a parcel that was bought, and with 404 otherwise. */
export function showLabel(book: Pick<ParcelBook, 'find'>) {
  return async (file: string): Promise<APIGatewayProxyStructuredResultV2> => {
    const id = file.replace(/\.pdf$/, '');
    const parcel = isParcelId(id) ? await book.find(id) : undefined;
    if (parcel === undefined || parcel.status === 'created') return notFound;
    const pdf = labelOf(parcel, z.parse(newParcel, JSON.parse(parcel.details)));
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/pdf', 'content-disposition': `inline; filename="${id}.pdf"` },
      body: Buffer.from(pdf).toString('base64'),
      isBase64Encoded: true,
    };
  };
}
