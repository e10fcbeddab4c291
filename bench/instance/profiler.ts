import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

/** Microseconds between two samples. */
const samplingInterval = 1_000;

interface WorkerMessage {
  readonly id?: number;
  readonly result?: { readonly profile?: object };
}

/** Takes CPU profiles of the main thread and of every worker thread that exists at the start. */
export class Profiler {
  readonly #session = new Session();
  readonly #workers = new Set<string>();
  readonly #answers = new Map<string, (message: WorkerMessage) => void>();
  #lastId = 0;

  async start(): Promise<void> {
    this.#session.connect();
    this.#session.on('NodeWorker.attachedToWorker', ({ params }) => {
      this.#workers.add(params.sessionId);
    });
    this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const message = JSON.parse(params.message) as WorkerMessage;
      this.#answers.get(`${params.sessionId} ${message.id}`)?.(message);
    });
    this.#session.on('NodeWorker.detachedFromWorker', ({ params }) => this.#forget(params.sessionId));
    await this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    for (const worker of this.#workers) {
      await this.#askWorker(worker, 'Profiler.enable');
      await this.#askWorker(worker, 'Profiler.setSamplingInterval', { interval: samplingInterval });
      await this.#askWorker(worker, 'Profiler.start');
    }
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: samplingInterval });
    await this.#session.post('Profiler.start');
  }

  /** Replaces the directory by one with `main.cpuprofile` and `worker-<n>.cpuprofile`, and returns it. */
  async stop(directory: string): Promise<string> {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const save = (name: string, profile: object | undefined) =>
      writeFileSync(join(directory, `${name}.cpuprofile`), JSON.stringify(profile));
    save('main', (await this.#session.post('Profiler.stop')).profile);
    for (const [index, worker] of [...this.#workers].entries()) {
      const { result } = await this.#askWorker(worker, 'Profiler.stop');
      if (result?.profile) save(`worker-${index}`, result.profile);
    }
    this.#session.disconnect();
    return directory;
  }

  /** Completes the pending requests of a worker that has ended. */
  #forget(sessionId: string): void {
    this.#workers.delete(sessionId);
    for (const [key, answer] of this.#answers) if (key.startsWith(`${sessionId} `)) answer({});
  }

  async #askWorker(sessionId: string, method: string, params: object = {}): Promise<WorkerMessage> {
    const id = ++this.#lastId;
    const key = `${sessionId} ${id}`;
    const answer = new Promise<WorkerMessage>((resolve) => this.#answers.set(key, resolve));
    await this.#session.post('NodeWorker.sendMessageToWorker', {
      sessionId,
      message: JSON.stringify({ id, method, params }),
    });
    const message = await answer;
    this.#answers.delete(key);
    return message;
  }
}
