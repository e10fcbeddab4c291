import type { StockAudit } from '../../inventory/index.ts';
import { logger } from '../../shared/logging.ts';
import { countMetric } from '../../shared/metric.ts';

/** Findings that are logged; `npm run audit` prints all of them. */
const maxLogged = 200;

/** Logs the result of an audit, and counts its findings in the metric of the alarm. */
export function reportAudit(stage: string, audit: StockAudit): void {
  const { findings, undecided, ...covered } = audit;
  countMetric(stage, 'StockAuditFindings', findings.length);
  logger.info('stock audited', { ...covered, findingCount: findings.length, undecidedCount: undecided.length });
  for (const finding of findings.slice(0, maxLogged)) logger.error('stock audit finding', { ...finding });
  for (const finding of undecided.slice(0, maxLogged)) logger.warn('stock audit undecided', { ...finding });
}
