/** A request that a function makes to the runner itself over HTTP. Header names are in lower case. */
export interface ServedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface ServedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array;
}

/** Answers a request, or `cut`: the connection ends without an answer. Never rejects. */
export type Serve = (request: ServedRequest) => Promise<ServedAnswer | 'cut'>;

/** Who answers, by host and port (`127.0.0.1:4001`). */
export type ServedHosts = ReadonlyMap<string, Serve>;

/** A request on its way from a worker to the runner. */
export type RequestMessage = [
  kind: 'request',
  id: number,
  host: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array,
];

/** Its answer. */
export type AnswerMessage = [kind: 'answer', id: number, answer: ServedAnswer | 'cut'];

/** Answers a worker's request. */
export async function answerMessage(hosts: ServedHosts, message: RequestMessage): Promise<AnswerMessage> {
  const [, id, host, method, path, headers, body] = message;
  const answer = await hosts.get(host)?.({ method, path, headers, body });
  return ['answer', id, answer ?? 'cut'];
}
