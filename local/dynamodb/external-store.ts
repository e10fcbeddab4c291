/** The endpoint of a DynamoDB-compatible store that runs elsewhere (`DYNAMODB_ENDPOINT`), if one is to be used. */
export function externalStore(): string | undefined {
  return process.env.DYNAMODB_ENDPOINT || undefined;
}
