import { logger } from '../../shared/logging.ts';
import { countMetric, type MetricDimensions } from '../../shared/metric.ts';
import type { DiscountAudit } from '../commands/audit-discounts.ts';
import type { PaymentAudit } from '../commands/audit-payments.ts';
import type { Audit } from './stock-audit.ts';

/** Findings that are logged one by one. `npm run audit` shows the others. */
const maxLogged = 200;

/** Logs an audit's result and counts its findings in the metric of the alarm. */
export function reportAudit(dimensions: MetricDimensions, audit: Audit): void {
  const { findings, undecided, unfinished, ...covered } = audit;
  countMetric(dimensions, 'StockAuditFindings', findings.length + unfinished.length);
  const counts = { findingCount: findings.length, unfinishedCount: unfinished.length };
  logger.info('stock audited', { ...covered, ...counts, undecidedCount: undecided.length });
  for (const finding of findings.slice(0, maxLogged)) logger.error('stock audit finding', { ...finding });
  for (const order of unfinished.slice(0, maxLogged)) logger.error('unfinished order', { ...order });
  for (const finding of undecided.slice(0, maxLogged)) logger.warn('stock audit undecided', { ...finding });
}

/** The same for the audit of payments. */
export function reportPaymentAudit(
  dimensions: MetricDimensions,
  { findings, undecided, ...covered }: PaymentAudit,
): void {
  countMetric(dimensions, 'PaymentAuditFindings', findings.length);
  logger.info('payments audited', { ...covered, findingCount: findings.length, undecidedCount: undecided.length });
  for (const finding of findings.slice(0, maxLogged)) logger.error('payment audit finding', { ...finding });
  for (const finding of undecided.slice(0, maxLogged)) logger.warn('payment audit undecided', { ...finding });
}

/** The same for the audit of the uses of discounts. */
export function reportDiscountAudit(dimensions: MetricDimensions, { findings, ...covered }: DiscountAudit): void {
  countMetric(dimensions, 'DiscountAuditFindings', findings.length);
  logger.info('discounts audited', { ...covered, findingCount: findings.length });
  for (const finding of findings.slice(0, maxLogged)) logger.error('discount audit finding', { ...finding });
}
