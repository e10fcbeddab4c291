// What `http.request` gives a function for requests to the runner itself: an answer from its own thread, or a message each
// way through the worker's port, instead of a connection, which costs twenty times as much. It has what HTTP clients use of
// Node's own classes.
import { EventEmitter } from 'node:events';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

/** @typedef {import('./served-request.ts').RequestMessage} RequestMessage */
/** @typedef {import('./served-request.ts').AnswerMessage} AnswerMessage */
/** @typedef {import('./served-request.ts').ServedAnswer} ServedAnswer */
/** @typedef {import('./store-link.ts').AnswerHere} AnswerHere */
/** @typedef {(response: RunnerResponse) => void} OnResponse */

/**
 * Sends requests to these hosts (`127.0.0.1:4001`) through `post` from now on, but for those that are answered here; all
 * others go where they went. Call it before anything imports `http`'s functions by name.
 *
 * @param {(message: RequestMessage) => void} post
 * @param {readonly string[]} hosts
 * @param {AnswerHere} [answerHere]
 * @returns {(message: AnswerMessage) => void} takes the runner's answers
 */
export function requestThroughPort(post, hosts, answerHere = () => undefined) {
  const overNetwork = http.request;
  /** @type {Map<number, RunnerRequest>} */
  const pending = new Map();
  let lastId = 0;
  const settle = (/** @type {number} */ id, /** @type {ServedAnswer | 'cut'} */ answer) => {
    const request = pending.get(id);
    pending.delete(id);
    request?.settle(answer);
  };
  http.request = /** @type {typeof http.request} */ (
    (/** @type {any[]} */ ...args) => {
      const callback = typeof args.at(-1) === 'function' ? args.pop() : undefined;
      const options = optionsOf(args);
      const host = `${options.hostname ?? options.host}:${options.port}`;
      if (!hosts.includes(host) || !isPlain(options)) {
        return Reflect.apply(overNetwork, http, callback ? [...args, callback] : args);
      }
      const id = ++lastId;
      const request = new RunnerRequest(options, host, callback, {
        send: (method, path, headers, body) => {
          pending.set(id, request);
          const answer = answerHere(host, { method, path, headers, body });
          if (answer) void answer.then((here) => settle(id, here));
          else post(['request', id, host, method, path, headers, body]);
        },
        forget: () => pending.delete(id),
      });
      return request;
    }
  );
  syncBuiltinESMExports();
  return ([, id, answer]) => settle(id, answer);
}

function optionsOf(/** @type {any[]} */ [first, second]) {
  if (typeof first !== 'string' && !(first instanceof URL)) return first ?? {};
  const { protocol, hostname, port, pathname, search, username } = new URL(first);
  return { protocol, hostname, port, path: pathname + search, ...(username && { auth: username }), ...second };
}

/** Whether a request asks for nothing but what is understood here. */
function isPlain(/** @type {http.RequestOptions} */ options) {
  const { protocol = 'http:', auth, socketPath, createConnection, signal, headers } = options;
  const unknown = auth ?? socketPath ?? createConnection ?? signal;
  return protocol === 'http:' && unknown === undefined && !Array.isArray(headers);
}

function hangUp() {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** Stands for the connection: clients set timeouts on it. */
class RunnerSocket extends EventEmitter {
  connecting = false;
  /** @type {RunnerRequest} */
  #request;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  constructor(/** @type {RunnerRequest} */ request) {
    super();
    this.#request = request;
  }

  setTimeout(/** @type {number} */ ms, /** @type {(() => void) | undefined} */ callback = undefined) {
    this.stopTimer();
    if (callback) this[ms > 0 ? 'once' : 'removeListener']('timeout', callback);
    if (ms > 0) {
      this.#timer = setTimeout(() => {
        this.emit('timeout');
        this.#request.emit('timeout');
      }, ms);
    }
    return this;
  }

  stopTimer() {
    clearTimeout(this.#timer);
  }

  setKeepAlive() {
    return this;
  }

  setNoDelay() {
    return this;
  }

  destroy(/** @type {Error | undefined} */ error = undefined) {
    this.#request.destroy(error);
    return this;
  }
}

/** Has what clients use of `http.ClientRequest`. */
class RunnerRequest extends EventEmitter {
  destroyed = false;
  writableEnded = false;
  reusedSocket = false;
  /** @type {RunnerResponse | undefined} */
  res;
  /** @type {Record<string, string>} */
  #headers = {};
  /** @type {(string | Uint8Array)[]} */
  #chunks = [];
  #isFinished = false;
  #link;

  /**
   * @param {http.RequestOptions} options
   * @param {string} host
   * @param {OnResponse | undefined} callback
   * @param {{ send: (method: string, path: string, headers: Record<string, string>, body: string | Uint8Array) => void,
   *   forget: () => void }} link
   */
  constructor({ method = 'GET', path = '/', headers = {}, timeout }, host, callback, link) {
    super();
    this.method = method.toUpperCase();
    this.path = path;
    this.socket = new RunnerSocket(this);
    this.#link = link;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.#headers[name.toLowerCase()] = String(value);
    }
    this.#headers.host ??= host;
    if (callback) this.once('response', callback);
    if (timeout) this.setTimeout(timeout);
  }

  /**
   * @param {string | Uint8Array} chunk
   * @param {any} [encoding]
   * @param {() => void} [callback]
   */
  write(chunk, encoding, callback = typeof encoding === 'function' ? encoding : undefined) {
    const isText = typeof chunk === 'string' && (typeof encoding !== 'string' || /^utf-?8$/i.test(encoding));
    this.#chunks.push(isText || typeof chunk !== 'string' ? chunk : Buffer.from(chunk, encoding));
    if (callback) process.nextTick(callback);
    return true;
  }

  /**
   * @param {any} [chunk]
   * @param {any} [encoding]
   * @param {() => void} [callback]
   */
  end(chunk, encoding, callback) {
    const finished = [chunk, encoding, callback].find((each) => typeof each === 'function');
    if (finished) this.once('finish', finished);
    if (this.writableEnded) return this;
    if (chunk && typeof chunk !== 'function') this.write(chunk, typeof encoding === 'string' ? encoding : undefined);
    this.writableEnded = true;
    if (this.destroyed) return this;
    this.#link.send(this.method, this.path, this.#headers, joined(this.#chunks));
    this.#chunks = [];
    process.nextTick(() => {
      if (this.destroyed) return;
      this.#isFinished = true;
      this.emit('socket', this.socket);
      this.emit('finish');
    });
    return this;
  }

  setTimeout(/** @type {number} */ ms, /** @type {(() => void) | undefined} */ callback = undefined) {
    if (callback) this.once('timeout', callback);
    this.socket.setTimeout(ms);
    return this;
  }

  settle(/** @type {ServedAnswer | 'cut'} */ answer) {
    // Who answers in the same turn is too early: clients expect to have seen the request go.
    if (!this.#isFinished) {
      this.once('finish', () => this.settle(answer));
      return;
    }
    this.socket.stopTimer();
    if (answer === 'cut') {
      this.destroy(hangUp());
      return;
    }
    const { status, headers, body } = answer;
    this.res = new RunnerResponse(this.socket, status, headers, body);
    this.res.once('close', () => this.emit('close'));
    if (!this.emit('response', this.res)) this.res.resume();
  }

  destroy(/** @type {Error | undefined} */ error = undefined) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#link.forget();
    this.socket.stopTimer();
    if (this.res) {
      this.res.destroy(error);
      return this;
    }
    process.nextTick(() => {
      this.emit('error', error ?? hangUp());
      this.emit('close');
    });
    return this;
  }
}

/** Has what clients use of `http.IncomingMessage`. It comes whole. */
class RunnerResponse extends Readable {
  complete = true;
  httpVersion = '1.1';

  /**
   * @param {RunnerSocket} socket
   * @param {number} status
   * @param {Record<string, string | string[]>} headers
   * @param {string | Uint8Array} body
   */
  constructor(socket, status, headers, body) {
    super();
    const bytes = bytesOf(body);
    this.socket = socket;
    this.statusCode = status;
    this.statusMessage = http.STATUS_CODES[status] ?? '';
    this.headers = { ...headers, 'content-length': String(bytes.length) };
    if (bytes.length > 0) this.push(bytes);
    this.push(null);
  }

  _read() {}

  setTimeout(/** @type {number} */ ms, /** @type {(() => void) | undefined} */ callback = undefined) {
    this.socket.setTimeout(ms, callback);
    return this;
  }
}

function bytesOf(/** @type {string | Uint8Array} */ body) {
  if (Buffer.isBuffer(body)) return body;
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
}

/** One body of all that was written: text where it was, else bytes of its own, for a clone takes the whole buffer. */
function joined(/** @type {(string | Uint8Array)[]} */ chunks) {
  if (chunks.every((chunk) => typeof chunk === 'string')) return chunks.join('');
  return new Uint8Array(Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))));
}
