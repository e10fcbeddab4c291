import type { OrderUse } from './order-use.ts';

export type SagaType = 'STANDARD' | 'EXPRESS';

/** One billed unit: the amount that an order uses, and the price of a million in US dollars. */
export interface PriceTerm {
  readonly what: string;
  readonly perOrder: number;
  readonly usdPerMillion: number;
}

/** An Express execution is billed in steps of 100 ms and 64 MB; ours need a few kilobytes. */
const expressStepSeconds = 0.1;
const expressGb = 64 / 1024;
const bytesPerGb = 1e9;

/** Assumed bytes of logs that AWS itself writes and bills. */
export const assumedLogBytes = {
  /** START, END and REPORT of one invocation. */
  invocation: 350,
  /** One line of the API's access log. */
  apiCall: 500,
  /** History of an Express execution of four steps, without its data. The history of a Standard one is not a log. */
  expressExecution: 9_000,
} as const;

/**
 * What a million orders cost, by billed unit, at the list prices of us-east-1 on ARM. Storage, backups, transfer and the
 * gateways' fees are not included.
 */
export function priceTerms(use: OrderUse, sagaType: SagaType): PriceTerm[] {
  return [
    { what: 'API calls', perOrder: use.apiCalls, usdPerMillion: 1 },
    { what: 'Lambda invocations', perOrder: use.invocations, usdPerMillion: 0.2 },
    { what: 'Lambda GB-seconds', perOrder: use.lambdaGbSeconds, usdPerMillion: 13.33 },
    ...(sagaType === 'STANDARD' ? standardTerms(use) : expressTerms(use)),
    { what: 'write units', perOrder: use.writeUnits, usdPerMillion: 0.625 },
    { what: 'read units', perOrder: use.readUnits, usdPerMillion: 0.125 },
    { what: 'events', perOrder: use.events, usdPerMillion: 1 },
    { what: 'SQS requests', perOrder: use.sqsRequests, usdPerMillion: 0.4 },
    { what: 'log gigabytes', perOrder: logBytes(use, sagaType) / bytesPerGb, usdPerMillion: 500_000 },
  ];
}

/** The sum of the terms in US dollars for a million orders. */
export function usdOf(terms: readonly PriceTerm[]): number {
  return terms.reduce((sum, { perOrder, usdPerMillion }) => sum + perOrder * usdPerMillion, 0);
}

function logBytes(use: OrderUse, sagaType: SagaType): number {
  const { invocation, apiCall, expressExecution } = assumedLogBytes;
  const history = sagaType === 'EXPRESS' ? use.executions * expressExecution : 0;
  return use.logBytes + use.invocations * invocation + use.apiCalls * apiCall + history;
}

function standardTerms(use: OrderUse): PriceTerm[] {
  return [{ what: 'state transitions', perOrder: use.transitions, usdPerMillion: 25 }];
}

function expressTerms({ executions, executionSeconds }: OrderUse): PriceTerm[] {
  const each = executions === 0 ? 0 : Math.ceil(executionSeconds / executions / expressStepSeconds - 1e-9);
  return [
    { what: 'Express executions', perOrder: executions, usdPerMillion: 1 },
    {
      what: 'Express GB-seconds',
      perOrder: executions * each * expressStepSeconds * expressGb,
      usdPerMillion: 16.67,
    },
  ];
}
