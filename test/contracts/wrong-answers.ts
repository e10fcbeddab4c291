import type { ServerResponse } from 'node:http';
import type { Interference, SentAnswer } from '../support/sandbox.ts';

/** An answer as a JSON object. */
export type Answered = Readonly<Record<string, unknown>>;

/** Names of the wrong answers and how each comes about. The gateway has acted before it is sent. */
export type WrongAnswers = Readonly<Record<string, Interference>>;

const page = '<html><body>Service Unavailable</body></html>';
const foreignBodies: Readonly<Record<string, string>> = {
  nothing: '',
  'a page': page,
  'a message': '{"message":"Service Unavailable"}',
  null: 'null',
  'a number': '7',
  'a text': '"ok"',
  'a list': '[]',
  'an empty object': '{}',
  'an error of others': '{"error":"unavailable","error_description":"later"}',
  'an error with a number': '{"error":{"code":503,"message":"later","status":"UNAVAILABLE"}}',
};
/** A success, a refusal and a fault, by the status. */
const meaningfulStatuses = [200, 400, 503];
const otherStatuses = [201, 202, 204, 206, 300, 302, 304, 401, 402, 403, 404, 409, 422, 429, 500, 502, 504];

/** Answers that are not the gateway's own. */
export const foreignAnswers: WrongAnswers = Object.fromEntries([
  ...meaningfulStatuses.flatMap((status) =>
    Object.entries(foreignBodies).map(([name, body]) => [`${name} with the status ${status}`, foreign(status, body)]),
  ),
  ...otherStatuses.map((status) => [
    `a message with the status ${status}`,
    foreign(status, '{"message":"Service Unavailable"}'),
  ]),
]);

function foreign(status: number, body: string): Interference {
  return () => ({ status, body });
}

/** The gateway's answer with another status, or with a part of its body, or sent so that it never ends. */
export const brokenAnswers: WrongAnswers = {
  ...Object.fromEntries(
    [202, 206, 302, 400, 402, 404, 422, 429, 503].map((status) => [
      `its own answer with the status ${status}`,
      ({ body }: SentAnswer) => ({ status, body }),
    ]),
  ),
  'half of its answer': ({ status, body }) => ({ status, body: body.slice(0, body.length / 2) }),
  'its answer without the last character': ({ status, body }) => ({ status, body: body.trimEnd().slice(0, -1) }),
  'its answer in a list': ({ status, body }) => ({ status, body: `[${body}]` }),
  'its answer in another object': ({ status, body }) => ({ status, body: `{"data":${body}}` }),
  'its answer twice': ({ status, body }) => ({ status, body: body + body }),
  'its answer after other text': ({ status, body }) => ({ status, body: `notice\n${body}` }),
  'an answer that is cut off': cutOff,
  'an answer that comes slowly and is cut off': slowlyCutOff,
  'a connection that is cut': 'cut_after',
};

function cutOff({ status, body }: SentAnswer, response: ServerResponse): undefined {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

function slowlyCutOff({ status, body }: SentAnswer, response: ServerResponse): undefined {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  const half = body.slice(0, body.length / 2);
  const step = Math.max(1, Math.ceil(half.length / 5));
  let sent = 0;
  const dripping = setInterval(() => {
    response.write(half.slice(sent, sent + step));
    sent += step;
    if (sent < half.length) return;
    clearInterval(dripping);
    response.destroy();
  }, 5);
}

/** The gateway's answer with fields changed; undefined removes a field. */
export function changed(change: (answer: Answered) => Answered): Interference {
  return ({ status, body }) => ({ status, body: JSON.stringify(change(JSON.parse(body))) });
}

/** Another answer with the status of the gateway's own. */
export function otherBody(body: object): Interference {
  return ({ status }) => ({ status, body: JSON.stringify(body) });
}
