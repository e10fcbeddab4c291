/** The endpoint of a store that somebody else runs, if one is to be used. */
export function storeElsewhere(): string | undefined {
  return process.env.DYNAMODB_ENDPOINT || undefined;
}
