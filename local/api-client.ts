/** Calls the API of a running instance on behalf of its users. */
export class ApiClient {
  readonly #url: string;
  readonly #tokens = new Map<string, Promise<string>>();

  /** @param url base URL of the API */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Sends a request as a user (`alice`, or `sam:staff` for a member of the group `staff`) and answers the parsed body.
   * Rejects when the status is not 2xx.
   */
  async call<T>(
    as: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const authorization = `Bearer ${await this.token(as)}`;
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** The user's token, which the instance issues. */
  token(as: string): Promise<string> {
    const issued = this.#tokens.get(as);
    if (issued) return issued;
    const [sub, ...groups] = as.split(':');
    const issuing = fetch(`${this.#url}/_local/token`, { method: 'POST', body: JSON.stringify({ sub, groups }) })
      .then((response) => response.json() as Promise<{ access_token: string }>)
      .then((answer) => answer.access_token);
    this.#tokens.set(as, issuing);
    return issuing;
  }
}
