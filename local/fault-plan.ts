/** When a fault strikes: the `nth` matching call (1 unless told) and the `times - 1` after it. */
export interface FaultRule<Call> {
  readonly nth?: number;
  /** 1 unless told; `Infinity` is from then on. */
  readonly times?: number;
  /** Which calls count at all, beyond the rule's own fields. */
  readonly when?: (call: Call) => boolean;
}

/** Faults that a test injects. Rules may be added and removed while the system runs. */
export class FaultPlan<Call, Rule extends FaultRule<Call>> {
  readonly #matches: (rule: Rule, call: Call) => boolean;
  readonly #changed: (hasRules: boolean) => void;
  readonly #rules = new Map<Rule, number>();

  /**
   * @param matches whether the rule's own fields (function, table, …) fit the call
   * @param changed told whether there are rules, before `add` or `clear` returns
   */
  constructor(matches: (rule: Rule, call: Call) => boolean, changed: (hasRules: boolean) => void = () => undefined) {
    this.#matches = matches;
    this.#changed = changed;
  }

  add(...rules: Rule[]): void {
    for (const rule of rules) this.#rules.set(rule, 0);
    this.#changed(this.#rules.size > 0);
  }

  clear(): void {
    this.#rules.clear();
    this.#changed(false);
  }

  /** Counts the call and answers the first rule that strikes it. */
  strike(call: Call): Rule | undefined {
    if (this.#rules.size === 0) return undefined;
    let struck: Rule | undefined;
    for (const [rule, before] of this.#rules) {
      if (!this.#matches(rule, call) || (rule.when && !rule.when(call))) continue;
      const count = before + 1;
      this.#rules.set(rule, count);
      const first = rule.nth ?? 1;
      if (count >= first && count < first + (rule.times ?? 1)) struck ??= rule;
    }
    return struck;
  }
}
