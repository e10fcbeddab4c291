const barWidth = 30;
const redrawMs = 100;
/** Without a terminal a line is printed each time so many more percent are done. */
const plainStepPercent = 10;

/** What a progress bar writes to: a terminal's line is rewritten, anything else gets plain lines. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** One line that tells how far something is. */
export class ProgressBar {
  readonly #label: string;
  readonly #total: number;
  readonly #output: Output;
  readonly #now: () => number;
  readonly #start: number;
  #done = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #plainPercent = 0;

  constructor(label: string, total: number, output: Output = process.stderr, now = () => performance.now()) {
    this.#label = label;
    this.#total = total;
    this.#output = output;
    this.#now = now;
    this.#start = now();
  }

  step(): void {
    this.#done += 1;
    if (this.#output.isTTY) this.#redraw();
    else this.#printLine();
  }

  /** Leaves the line as it stands at the end. */
  end(): void {
    if (!this.#output.isTTY) return;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#redraw();
    this.#output.write('\n');
  }

  #redraw(): void {
    const now = this.#now();
    if (now - this.#drawnAt < redrawMs) return;
    this.#drawnAt = now;
    const filled = Math.round((this.#percent() / 100) * barWidth);
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
    this.#output.write(`\r${this.#label.padEnd(10)} ${bar} ${this.#status()}\x1b[K`);
  }

  #printLine(): void {
    const step = Math.floor(this.#percent() / plainStepPercent) * plainStepPercent;
    if (step === this.#plainPercent) return;
    this.#plainPercent = step;
    this.#output.write(`${this.#label.padEnd(10)} ${this.#status()}\n`);
  }

  #percent(): number {
    return this.#total === 0 ? 100 : (this.#done / this.#total) * 100;
  }

  #status(): string {
    const seconds = (this.#now() - this.#start) / 1000;
    const rate = seconds > 0 ? Math.round(this.#done / seconds) : 0;
    return `${this.#done}/${this.#total}  ${Math.floor(this.#percent())}%  ${rate}/s`;
  }
}
