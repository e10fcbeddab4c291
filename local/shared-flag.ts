/** A yes or no that every thread sees at once: one sets it, the others are made from its `buffer`. */
export class SharedFlag {
  readonly buffer: SharedArrayBuffer;
  readonly #cell: Int32Array;

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#cell = new Int32Array(buffer);
  }

  get isSet(): boolean {
    return Atomics.load(this.#cell, 0) !== 0;
  }

  set(value: boolean): void {
    Atomics.store(this.#cell, 0, Number(value));
  }
}
