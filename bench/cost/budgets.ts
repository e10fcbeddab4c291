/** Budgets, for an order of one line from placement to confirmation unless the name says otherwise. */
export const budgets = {
  writeUnits: 20,
  readUnits: 8,
  transitions: 6,
  invocations: 10,
  usdPerMillionOrders: { STANDARD: 165, EXPRESS: 40 },
  ordersPerSecond: { budget: 50, stretch: 90 },
  cpuMsPerOrder: { budget: 35, stretch: 17 },
  idlePlaceToConfirmedMs: 150,
} as const;

/** A measured figure and its budget. */
export interface Verdict {
  readonly what: string;
  readonly measured: number;
  readonly bound: '<=' | '>=';
  readonly budget: number;
  readonly verdict: 'ok' | 'SHORT';
}

export function atMost(what: string, measured: number, budget: number): Verdict {
  return { what, measured, bound: '<=', budget, verdict: measured <= budget ? 'ok' : 'SHORT' };
}

export function atLeast(what: string, measured: number, budget: number): Verdict {
  return { what, measured, bound: '>=', budget, verdict: measured >= budget ? 'ok' : 'SHORT' };
}
