/**
 * When a fault is injected: at the `nth` call that the rule matches (default the first) and the `times - 1` calls after
 * it.
 */
export interface FaultRule<Call> {
  readonly nth?: number;
  /** Default 1; `Infinity` is every call from the `nth` on. */
  readonly times?: number;
  /** A condition beyond the rule's own fields; a call that does not meet it is not counted. */
  readonly when?: (call: Call) => boolean;
}

/** Faults that a test injects. Rules can be added and cleared while the system runs. */
export class FaultPlan<Call, Rule extends FaultRule<Call>> {
  readonly #matches: (rule: Rule, call: Call) => boolean;
  /** Matching calls so far, by rule. */
  readonly #counts = new Map<Rule, number>();

  /** @param matches whether the rule's own fields (function, table, …) fit the call */
  constructor(matches: (rule: Rule, call: Call) => boolean) {
    this.#matches = matches;
  }

  add(...rules: Rule[]): void {
    for (const rule of rules) this.#counts.set(rule, 0);
  }

  clear(): void {
    this.#counts.clear();
  }

  /** Counts the call and returns the first rule that injects a fault into it. */
  match(call: Call): Rule | undefined {
    let found: Rule | undefined;
    for (const [rule, before] of this.#counts) {
      if (!this.#matches(rule, call) || (rule.when && !rule.when(call))) continue;
      const count = before + 1;
      this.#counts.set(rule, count);
      const first = rule.nth ?? 1;
      if (count >= first && count < first + (rule.times ?? 1)) found ??= rule;
    }
    return found;
  }
}
