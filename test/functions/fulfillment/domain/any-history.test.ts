import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, type OrderEvent, orderEvents } from '../../../../events/catalog.ts';
import { holdDispatch, recordDispatch } from '../../../../functions/fulfillment/domain/decide-dispatch-outcome.ts';
import {
  confirmOrder,
  endUndoneOrder,
  holdForCompensation,
  permitUndo,
} from '../../../../functions/fulfillment/domain/decide-outcome.ts';
import { dispatchSagaInput } from '../../../../functions/fulfillment/domain/saga-input.ts';
import type { DispatchSagaState } from '../../../../functions/fulfillment/domain/saga-state.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { requestCancellation } from '../../../../functions/orders/domain/decide-cancellation.ts';
import { recordDelivery } from '../../../../functions/orders/domain/decide-delivery.ts';
import { requestDispatch } from '../../../../functions/orders/domain/decide-dispatch.ts';
import { endPaymentAction, requirePaymentAction } from '../../../../functions/orders/domain/decide-payment-action.ts';
import type { Decision } from '../../../../functions/orders/domain/decision.ts';
import { applyCommit, foldOrder } from '../../../../functions/orders/domain/fold-order.ts';
import { isBeingUndone, type Order } from '../../../../functions/orders/domain/order.ts';
import { runs } from '../../../support/campaign.ts';
import { finalStatuses } from '../../../support/final-statuses.ts';
import {
  answers,
  berlin,
  caught,
  commitsOf,
  now,
  orderId,
  origin,
  payment,
  placed,
  stock,
  twoWarehouses,
  undoState,
  vienna,
} from '../../orders/given.ts';

/**
 * Random histories of orders: commands, steps of sagas and late second runs of them, in any order. The log stays consistent
 * after each of them.
 */
interface World {
  readonly order: Order;
  /** The dispatch sagas started so far. Any of their steps may run at any time, also repeatedly. */
  readonly dispatches: readonly DispatchSagaState[];
}

type Command = (world: World) => Decision<string>;

const full = answers(twoWarehouses);
const partial = [{}, { stock: full.stock }, { stock: full.stock, payment }, full];
const failures = [
  caught('OUT_OF_STOCK', 'Sold out.'),
  caught('TransientFault', 'cut'),
  caught('CANCELLATION_REQUESTED', ''),
];
const undone = {
  shipments: {
    cancelled: full.shipments.map(({ shipmentId, carrierShipmentId, trackingCode }) => {
      return { shipmentId, carrierShipmentId, trackingCode };
    }),
  },
  payment: { voided: payment },
  stock: { released: stock(twoWarehouses).allocations },
};

const shipment = fc.constantFrom(berlin, vienna);
const progress = fc.constantFrom(...partial);
const failure = fc.constantFrom(...failures);

const onDispatch =
  (pick: number, decide: (order: Order, state: DispatchSagaState) => Decision<string>): Command =>
  ({ order, dispatches }) => {
    const state = dispatches[pick % Math.max(1, dispatches.length)];
    return state === undefined ? [] : decide(order, state);
  };
/** A payment that was captured for the last time, and the authorization of the rest, or its refusal. */
const single = (state: DispatchSagaState, isRefused: boolean): DispatchSagaState => {
  const { paymentId, amountMinor, currency } = state;
  const rest = payment.amountMinor - amountMinor;
  const renewal = { paymentId: `renewal of ${paymentId}`, amountMinor: rest, currency };
  const record = { authorizedMinor: payment.amountMinor, capturedMinor: amountMinor, openMinor: 0 };
  const renewed = { paymentId: renewal.paymentId, authorizedMinor: rest, capturedMinor: 0, openMinor: rest, renewal };
  const refused = { paymentId, amountMinor: rest, currency, code: 'PAYMENT_DECLINED', detail: '' };
  return {
    ...state,
    capture: {
      ...{ paymentId, amountMinor, currency },
      payments: [{ paymentId, ...record }, ...(isRefused ? [] : [renewed])],
      ...(isRefused ? { renewalRefused: refused } : {}),
    },
  };
};
const captured = (state: DispatchSagaState): DispatchSagaState => ({
  ...state,
  capture: { paymentId: state.paymentId, amountMinor: state.amountMinor, currency: state.currency },
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Command>(({ order }) => confirmOrder(order, full)) },
  fc.tuple(progress, failure).map(
    ([done, why]): Command =>
      ({ order }) => {
        const permission = permitUndo(order, undoState({ ...done, failure: why }));
        return permission.undo ? permission.events : [];
      },
  ),
  progress.map(
    (done): Command =>
      ({ order }) =>
        endUndoneOrder(order, undoState({ ...done, undone })),
  ),
  progress.map(
    (done): Command =>
      ({ order }) =>
        holdForCompensation(order, undoState({ ...done, undone })),
  ),
  fc.constantFrom('customer', 'staff' as const).map(
    (by): Command =>
      ({ order }) =>
        requestCancellation(order, by, now),
  ),
  fc.constant<Command>(({ order }) => requirePaymentAction(order, { ...payment, actionBefore: now })),
  fc.constantFrom(payment.paymentId, 'pi_other').map(
    (paymentId): Command =>
      ({ order }) =>
        endPaymentAction(order, paymentId),
  ),
  {
    weight: 4,
    arbitrary: shipment.map(
      (id): Command =>
        ({ order }) =>
          requestDispatch(order, id, now),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.nat(5).map((pick) => onDispatch(pick, (order, state) => recordDispatch(order, captured(state), now))),
  },
  fc.nat(5).map((pick) => onDispatch(pick, (order, state) => holdDispatch(order, captured(state)))),
  fc
    .tuple(fc.nat(5), fc.boolean())
    .map(([pick, isRefused]) =>
      onDispatch(pick, (order, state) =>
        order.payments.length > 1 ? [] : recordDispatch(order, single(state, isRefused), now),
      ),
    ),
  fc
    .tuple(fc.nat(5), failure)
    .map(([pick, why]) => onDispatch(pick, (order, state) => holdDispatch(order, { ...state, failure: why }))),
  {
    weight: 3,
    arbitrary: shipment.map(
      (id): Command =>
        ({ order }) =>
          recordDelivery(order, id, now),
    ),
  },
);

const steps = fc.array(command, { maxLength: 40, size: 'max' });
/** Three in four orders are confirmed first, because the others seldom reach that status. */
const histories = fc.oneof(
  { weight: 1, arbitrary: steps },
  { weight: 3, arbitrary: steps.map((rest) => [(({ order }) => confirmOrder(order, full)) as Command, ...rest]) },
);

/** Runs commands one after the other and yields the world after each with the decision. */
function* run(
  commands: readonly Command[],
): Generator<{ before: World; decision: Decision<string>; after: World; command: Command }> {
  let world: World = { order: foldOrder(commitsOf(placed)) as Order, dispatches: [] };
  for (const each of commands) {
    const decision = each(world);
    const after = 'refused' in decision || decision.length === 0 ? world : commit(world, decision);
    yield { before: world, decision, after, command: each };
    world = after;
  }
}

function commit({ order, dispatches }: World, events: readonly OrderEvent[]): World {
  const next: Commit = { ...origin, orderId, version: order.version + 1, events, committedAt: now };
  const started = events.flatMap((each) =>
    each.type === 'DispatchRequested'
      ? [
          dispatchSagaInput({
            orderId,
            sequence: next.version,
            correlationId: '',
            traceparent: '',
            occurredAt: now,
            data: each.data,
          }),
        ]
      : [],
  );
  return { order: applyCommit(order, next), dispatches: [...dispatches, ...started] };
}

const holds = (property: (step: ReturnType<typeof run> extends Generator<infer Step> ? Step : never) => void) =>
  fc.assert(
    fc.property(histories, (commands) => {
      for (const step of run(commands)) property(step);
    }),
    { numRuns: runs(100) },
  );

describe('in any history of an order', () => {
  it('every decided event matches its schema and the transitions', () => {
    holds(({ decision }) => {
      if ('refused' in decision) return;
      for (const { type, version, data } of decision) {
        expect(definitionOf(type, version).data.safeParse(data).error).toBeUndefined();
      }
    });
  });

  it('a command repeated at once adds nothing', () => {
    holds(({ command: again, after }) => {
      const decision = again(after);
      expect('refused' in decision ? [] : decision).toEqual([]);
    });
  });

  it('a decision has no side effect: the same order gives the same answer', () => {
    holds(({ before, command: again, decision }) => {
      expect(again(structuredClone(before))).toEqual(decision);
    });
  });

  it('the log folded anew gives the same order, one version for each commit', () => {
    fc.assert(
      fc.property(histories, (commands) => {
        const decisions: OrderEvent[][] = [];
        let last = foldOrder(commitsOf(placed));
        for (const { decision, after } of run(commands)) {
          if (!('refused' in decision) && decision.length > 0) decisions.push([...decision]);
          last = after.order;
        }
        const folded = foldOrder(commitsOf(placed, ...decisions).map((each) => ({ ...each, committedAt: now })));
        expect(folded).toEqual({ ...last, placedAt: now, updatedAt: now });
        expect(folded?.version).toBe(decisions.length + 1);
      }),
    );
  });

  it('no more is captured than was authorized, no more refunded than captured, nothing captured twice', () => {
    holds(({ after: { order } }) => {
      const { authorizedMinor, capturedMinor, refundedMinor, capturedShipments } = order.payment;
      expect(capturedMinor).toBeLessThanOrEqual(authorizedMinor);
      expect(refundedMinor).toBeLessThanOrEqual(capturedMinor);
      expect(new Set(capturedShipments).size).toBe(capturedShipments.length);
    });
  });

  it('no shipment is dispatched without a capture, and a confirmed order has its stock, payment and shipments', () => {
    holds(({ after: { order } }) => {
      for (const { shipmentId, status } of order.shipments) {
        if (status !== 'dispatched' && status !== 'delivered') continue;
        expect(order.payment.capturedShipments).toContain(shipmentId);
      }
      if (order.status !== 'confirmed' && order.status !== 'completed') return;
      expect([order.allocations.length, order.shipments.length]).toEqual([2, 2]);
      // What was released and is not authorized anew was refused by the gateway.
      const held = order.payments.reduce((sum, each) => sum + each.authorizedMinor - each.releasedMinor, 0);
      if (order.payment.renewalsRefused === undefined) expect(held).toBe(order.totals.totalMinor);
      else expect(held).toBeLessThanOrEqual(order.totals.totalMinor);
    });
  });

  it('an ended order does not change', () => {
    holds(({ before, after }) => {
      if (finalStatuses.includes(before.order.status)) expect(after.order).toEqual(before.order);
    });
  });

  it('after a failed dispatch the order is on hold, or being undone, or its dispatch is requested again', () => {
    holds(({ after: { order } }) => {
      if (!order.shipments.some((each) => each.dispatchFailed)) return;
      const seen =
        order.status === 'on_hold' ||
        order.status === 'cancelled' ||
        (order.status === 'confirmed' && isBeingUndone(order.undoing));
      expect(seen).toBe(true);
    });
  });

  it('an order on hold can be resumed by a command', () => {
    holds(({ after: { order } }) => {
      if (order.status !== 'on_hold') return;
      const ways = [
        requestCancellation(order, 'staff', now),
        ...[berlin, vienna].map((id) => requestDispatch(order, id, now)),
      ];
      expect(ways.some((decision) => !('refused' in decision) && decision.length > 0)).toBe(true);
    });
  });

  it('every event of the catalog can occur', () => {
    const seen = new Set(['OrderPlaced']);
    for (const commands of fc.sample(histories, { numRuns: 600, seed: 22 })) {
      for (const { decision } of run(commands)) {
        if (!('refused' in decision)) for (const { type } of decision) seen.add(type);
      }
    }
    expect([...seen].sort()).toEqual(orderEvents.map(({ type }) => type).sort());
  });
});
