import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { isParcelId, newParcel } from '../domain/parcel.ts';
import { endsInSecret } from './ends-in-secret.ts';
import { labelOf } from './label.ts';
import type { ParcelBook } from './parcel-book.ts';

const notFound: APIGatewayProxyStructuredResultV2 = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'There is no such label.\n',
};

/**
 * Answers `/labels/<parcel id>-<key>.pdf`, the address that the purchase gave, with the PDF of the parcel, and any other with
 * 404. The parcel's id alone, which follows from the order's id, is not enough.
 */
export function showLabel(book: Pick<ParcelBook, 'find'>) {
  return async (file: string): Promise<APIGatewayProxyStructuredResultV2> => {
    const [, id = ''] = /^(\w+)-[0-9a-f]{32}\.pdf$/.exec(file) ?? [];
    const parcel = isParcelId(id) ? await book.find(id) : undefined;
    if (parcel === undefined || !endsInSecret(parcel.labelUrl, `/${file}`)) return notFound;
    const pdf = labelOf(parcel, z.parse(newParcel, JSON.parse(parcel.details)));
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/pdf', 'content-disposition': `inline; filename="${id}.pdf"` },
      body: Buffer.from(pdf).toString('base64'),
      isBase64Encoded: true,
    };
  };
}
