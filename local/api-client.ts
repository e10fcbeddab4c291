/** Calls the API of a running instance, as the people who use it would. */
export class ApiClient {
  readonly #url: string;
  readonly #tokens = new Map<string, Promise<string>>();

  /** @param url base URL of the API */
  constructor(url: string) {
    this.#url = url;
  }

  /** Calls as somebody (`alice`, or `sam:staff` for a member of a group) and answers the body. Throws on a refusal. */
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

  /** A token of the instance's own making. */
  token(as: string): Promise<string> {
    const known = this.#tokens.get(as);
    if (known) return known;
    const [sub, ...groups] = as.split(':');
    const made = fetch(`${this.#url}/_local/token`, { method: 'POST', body: JSON.stringify({ sub, groups }) })
      .then((response) => response.json() as Promise<{ access_token: string }>)
      .then((answer) => answer.access_token);
    this.#tokens.set(as, made);
    return made;
  }
}
