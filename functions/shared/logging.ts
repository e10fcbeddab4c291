import { Logger } from '@aws-lambda-powertools/logger';

/** The logger of the process. Facts are logged as fields: ids and counts, never payloads or personal data. */
export const logger = new Logger();
