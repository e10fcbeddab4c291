/**
 * The base URL of the AWS endpoint of a local instance.
 *
 * @param url base URL of the instance, `http://localhost:4000`
 * @throws Error when no instance answers there.
 */
export async function awsUrlOf(url: string): Promise<string> {
  const answer = await fetch(`${url.replace(/\/$/, '')}/_local/health`).catch(() => undefined);
  if (!answer?.ok) throw new Error(`no instance answers at ${url}: start one with npm start, or name a deployed one`);
  const { awsUrl } = (await answer.json()) as { readonly awsUrl: string };
  return awsUrl;
}

/** Credentials that belong to no function: a local instance lets them do anything. */
export const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' } as const;

/** The region of every local instance. */
export const localRegion = 'us-east-1';
