import type { PlaceOrderBody } from '../../../api/orders.ts';
import { type Actor, actorName, isStaff } from '../../shared/actor.ts';
import { type FieldError, type Refusal, refuse } from '../../shared/kernel/refusal.ts';

type StaffFields = Pick<PlaceOrderBody, 'customerId' | 'priceReason'> & {
  readonly lines: readonly Pick<PlaceOrderBody['lines'][number], 'unitPriceMinor'>[];
};

/**
 * Whose order a request places, and the key of the request. Only staff places orders for customers and names prices. A customer's
 * keys are the customer's own, so a key of staff has the name of who sent it in front.
 */
export function placedFor(
  actor: Actor,
  body: StaffFields,
  idempotencyKey: string,
): { readonly customerId: string; readonly idempotencyKey: string } | Refusal<'FORBIDDEN' | 'VALIDATION_FAILED'> {
  const { customerId, priceReason } = body;
  const named = body.lines.findIndex(({ unitPriceMinor }) => unitPriceMinor !== undefined);
  if (!isStaff(actor)) {
    const field = forbiddenField(customerId, priceReason, named);
    if (field !== undefined) {
      return refuse('FORBIDDEN', 'Only staff may do this.', [{ path: field, message: 'only staff may set it' }]);
    }
  }
  const errors: FieldError[] = [];
  if (named >= 0 && priceReason === undefined)
    errors.push({ path: 'priceReason', message: 'required with a named price' });
  if (named >= 0 && customerId === undefined)
    errors.push({ path: 'customerId', message: 'required with a named price' });
  if (errors.length > 0) return refuse('VALIDATION_FAILED', 'A price is named without its reason or customer.', errors);
  if (customerId === undefined) return { customerId: actor.id, idempotencyKey };
  return { customerId, idempotencyKey: `${actorName(actor)} ${idempotencyKey}` };
}

function forbiddenField(customerId: unknown, priceReason: unknown, namedLine: number): string | undefined {
  if (customerId !== undefined) return 'customerId';
  if (priceReason !== undefined) return 'priceReason';
  return namedLine >= 0 ? `lines.${namedLine}.unitPriceMinor` : undefined;
}
