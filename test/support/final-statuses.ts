import type { OrderStatus } from '../../functions/orders/domain/order.ts';

/** Order statuses that no event changes. */
export const finalStatuses: readonly OrderStatus[] = ['completed', 'rejected', 'cancelled'];
