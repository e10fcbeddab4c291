import { showOpenapi } from '../../api/operations.ts';
import { routes } from '../../api/routes.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { openapiDocument } from './domain/openapi.ts';

const document = openapiDocument(routes);

export const handler = httpHandler(showOpenapi, async () => ({ body: document }));
