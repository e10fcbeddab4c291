import { Logger } from '@aws-lambda-powertools/logger';

/** One logger a process. Facts go in as fields: ids and counts, never payloads or personal data. */
export const logger = new Logger();
