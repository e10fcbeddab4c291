import { expect } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { ExecutionSummary } from '../../local/index.ts';
import { contradictionsIn, type Ledger, type Leniency, ledgerOf } from '../support/ledger.ts';
import { orderOf, type Stock } from '../support/orders.ts';
import { stockContradictions } from '../support/stock-ledger.ts';
import type { RunningSystem, StepFault } from './running-system.ts';
import { type InjectedFault, SteppedRun } from './stepped-run.ts';

export interface TrialSetting {
  /** Units received, by location; by default five at one location. */
  readonly stock?: Readonly<Record<string, number>>;
  /** Units ordered; by default two. */
  readonly quantity?: number;
  readonly paymentMethodId?: string;
  /** Whether the payment method is saved, so that it can be charged again. */
  readonly savePaymentMethod?: boolean;
  readonly discountCodes?: string[];
  /** Where the bank's page returns the customer. */
  readonly returnUrl?: string;
  readonly postalCode?: string;
  /** Whether the product needs neither stock nor shipping. */
  readonly digital?: boolean;
  readonly faults?: readonly StepFault[];
}

/** One order of a SKU that no other order contains. Its id is known before it is placed. */
export class Trial {
  readonly stage: RunningSystem;
  readonly sku: string;
  readonly customer: string;
  readonly orderId: string;
  readonly received: Readonly<Record<string, number>>;
  readonly #setting: TrialSetting;

  constructor(stage: RunningSystem, sku: string, customer: string, orderId: string, setting: TrialSetting) {
    this.stage = stage;
    this.sku = sku;
    this.customer = customer;
    this.orderId = orderId;
    this.received = setting.stock ?? { BER: 5 };
    this.#setting = setting;
  }

  injectFaults(...faults: readonly StepFault[]): void {
    this.stage.injectFaults(this.orderId, ...faults);
  }

  /** Places the order and does not wait for its saga. */
  async place(): Promise<void> {
    const { quantity = 2, paymentMethodId = 'pm_card_visa', postalCode = '10115' } = this.#setting;
    const { savePaymentMethod, returnUrl, discountCodes } = this.#setting;
    const lines = [{ sku: this.sku, quantity }];
    const body = orderOf(this.sku, {
      ...{ lines, paymentMethodId, shippingAddress: { postalCode } },
      ...(savePaymentMethod === undefined ? {} : { savePaymentMethod }),
      ...(discountCodes === undefined ? {} : { discountCodes }),
      ...(returnUrl === undefined ? {} : { returnUrl }),
    });
    const key = this.customer.replace('customer-', '');
    const answer = await this.stage.shop.place(this.customer, body, key);
    expect(answer).toMatchObject({ status: 201, body: { orderId: this.orderId, status: 'placed' } });
  }

  /** Places the order and waits for the end of its saga. */
  async run(): Promise<ExecutionSummary> {
    await this.place();
    return this.sagaEnded();
  }

  async sagaEnded(): Promise<ExecutionSummary> {
    const [execution] = await this.stage.ended('OrderSaga', this.orderId);
    return execution as ExecutionSummary;
  }

  /** Requests the cancellation and waits for the end of its saga, the n-th of this order. */
  async cancel(nth = 1): Promise<ExecutionSummary> {
    const answer = await this.stage.shop.cancel(this.orderId, this.customer);
    expect(answer.status).toBe(202);
    return (await this.stage.ended('CancellationSaga', this.orderId, nth)).at(-1) as ExecutionSummary;
  }

  /** Requests the dispatch of a shipment and waits for the end of its saga, the n-th of this order. */
  async dispatch(nth = 1, shipmentIndex = 0): Promise<ExecutionSummary> {
    const { shipments } = await this.order();
    const shipmentId = shipments[shipmentIndex]?.shipmentId ?? '';
    const answer = await this.stage.shop.dispatch(this.orderId, shipmentId);
    expect(answer.status).toBe(202);
    return (await this.stage.ended('DispatchSaga', this.orderId, nth)).at(-1) as ExecutionSummary;
  }

  /** A run of the order's saga whose steps the test triggers. The starter must be held (`holdStarts`). */
  async steppedRun(injectedFaults?: Readonly<Record<string, InjectedFault>>): Promise<SteppedRun> {
    const input = await this.stage.sagaInput(this.orderId);
    return new SteppedRun(this.stage.local, 'OrderSaga', input, injectedFaults);
  }

  order(): Promise<OrderResource> {
    return this.stage.shop.order(this.orderId);
  }

  ledger(): Promise<Ledger> {
    return ledgerOf(this.stage.shop, this.orderId);
  }

  stock(): Promise<Stock> {
    return this.stage.shop.stock(this.sku);
  }

  /** Expects that log, gateways and stock are consistent, and returns them. */
  async balanced(how: Leniency = {}): Promise<Ledger & { readonly stock: Stock }> {
    const [ledger, stock] = await Promise.all([this.ledger(), this.stock()]);
    const found = [...contradictionsIn(ledger, how), ...stockContradictions(stock, this.received, [ledger])];
    expect(found).toEqual([]);
    return { ...ledger, stock };
  }

  /** Expects that the order ended without stock, payment or parcel. */
  async leftNothing(): Promise<Ledger> {
    const ledger = await this.balanced();
    expect(['rejected', 'cancelled']).toContain(ledger.order.status);
    expect(ledger.stock).toMatchObject({ reserved: 0, available: sum(this.received) });
    expect(ledger.payments.filter(({ status }) => status === 'requires_capture')).toEqual([]);
    expect(ledger.parcels.filter(({ status }) => status === 'bought')).toEqual([]);
    return ledger;
  }
}

function sum(units: Readonly<Record<string, number>>): number {
  return Object.values(units).reduce((total, each) => total + each, 0);
}
