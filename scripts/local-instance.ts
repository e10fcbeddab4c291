/**
 * The base URLs of a local instance: its AWS endpoint, and the sandbox of the payment gateway and the carrier.
 *
 * @param url base URL of the instance, `http://localhost:4000`
 * @throws Error when no instance answers there.
 */
export async function urlsOf(url: string): Promise<{ readonly awsUrl: string; readonly sandboxUrl: string }> {
  const answer = await fetch(`${url.replace(/\/$/, '')}/_local/health`).catch(() => undefined);
  if (!answer?.ok) throw new Error(`no instance answers at ${url}: start one with npm start, or name a deployed one`);
  return (await answer.json()) as { readonly awsUrl: string; readonly sandboxUrl: string };
}

/** Credentials that belong to no function: a local instance lets them do anything. */
export const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' } as const;

/** The region of every local instance. */
export const localRegion = 'us-east-1';
