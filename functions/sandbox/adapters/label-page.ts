import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { newParcel, parcelIdIn } from '../domain/parcel.ts';
import { labelOf } from './label.ts';
import type { ParcelBook } from './parcel-book.ts';

const notFound: APIGatewayProxyStructuredResultV2 = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'There is no such label.\n',
};

/**
 * Answers `/labels/<file>` with the PDF of a parcel whose label has this address, and with 404 otherwise. The address is the
 * permission, as with the gateway that the sandbox stands for.
 */
export function showLabel(book: Pick<ParcelBook, 'find'>) {
  return async (file: string): Promise<APIGatewayProxyStructuredResultV2> => {
    const id = parcelIdIn(file);
    const parcel = id === undefined ? undefined : await book.find(id);
    if (!parcel?.labelUrl.endsWith(`/${file}`)) return notFound;
    const pdf = labelOf(parcel, z.parse(newParcel, JSON.parse(parcel.details)));
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/pdf', 'content-disposition': `inline; filename="${id}.pdf"` },
      body: Buffer.from(pdf).toString('base64'),
      isBase64Encoded: true,
    };
  };
}
