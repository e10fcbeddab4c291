import { describe, expect, it } from 'vitest';
import { orderEvents } from '../../../../events/catalog.ts';
import type { OrderStatus } from '../../../../functions/orders/domain/order.ts';
import {
  assertTransition,
  type From,
  IllegalTransition,
  transitions,
} from '../../../../functions/orders/domain/transitions.ts';
import { finalStatuses } from '../../../support/final-statuses.ts';

const statuses: readonly OrderStatus[] = ['placed', 'confirmed', 'completed', 'rejected', 'cancelled', 'on_hold'];
const table = Object.entries(transitions);

/** The statuses after one more event. `before_hold` stands for every status in which a hold can begin. */
function nextOf(from: From): OrderStatus[] {
  return table.flatMap(([, transition]): OrderStatus[] => {
    if (!transition.from.includes(from)) return [];
    if (transition.to === 'same') return from === 'none' ? [] : [from];
    if (transition.to === 'before_hold') return transitions.OrderHeld.from.filter(isHoldable);
    return [transition.to];
  });
}

function isHoldable(status: From): status is OrderStatus {
  return status !== 'none' && status !== 'on_hold';
}

function reachableFrom(start: From): Set<From> {
  const reached = new Set<From>([start]);
  for (const from of reached) for (const next of nextOf(from)) reached.add(next);
  return reached;
}

describe('the transitions of an order', () => {
  it('name every event of the catalog and no other', () => {
    expect(table.map(([type]) => type).sort()).toEqual(orderEvents.map(({ type }) => type).sort());
  });

  it('begin only with its placement', () => {
    expect(table.filter(([, { from }]) => from.includes('none')).map(([type]) => type)).toEqual(['OrderPlaced']);
    expect(transitions.OrderPlaced.from).toEqual(['none']);
  });

  it('reach every status', () => {
    expect([...reachableFrom('none')].sort()).toEqual(['none', ...statuses].sort());
  });

  it.each(statuses)('lead out of %s, unless it is terminal', (status) => {
    const leaving = table.filter(([, { from }]) => from.includes(status));
    if (finalStatuses.includes(status)) expect(leaving).toEqual([]);
    else expect(finalStatuses.some((end) => reachableFrom(status).has(end))).toBe(true);
  });

  it.each(table)('of %s start somewhere and name no status twice', (_, { from }) => {
    expect(from.length).toBeGreaterThan(0);
    expect(new Set(from).size).toBe(from.length);
  });

  it('return an order from a hold to its earlier status only', () => {
    expect(transitions.OrderResumed).toEqual({ from: ['on_hold'], to: 'before_hold' });
    expect(table.filter(([, { to }]) => to === 'before_hold')).toHaveLength(1);
  });

  it('are the only ones allowed', () => {
    for (const [type, { from }] of table) {
      for (const status of ['none', ...statuses] as const) {
        const attempt = () => assertTransition(type as keyof typeof transitions, status);
        if (from.includes(status)) expect(attempt).not.toThrow();
        else expect(attempt).toThrow(IllegalTransition);
      }
    }
  });
});
