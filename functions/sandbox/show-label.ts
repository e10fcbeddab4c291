import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readConfig } from '../shared/config.ts';
import { showLabel } from './adapters/label-page.ts';
import { parcelBook } from './adapters/parcel-book.ts';

const { SANDBOX_TABLE } = readConfig('SANDBOX_TABLE');
const show = showLabel(parcelBook(SANDBOX_TABLE));

/** Serves the label of a parcel that was bought as a PDF. */
export const handler = (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
  show(event.pathParameters?.file ?? '');
