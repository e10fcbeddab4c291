import type { StockAudit } from '../../inventory/index.ts';
import { logger } from '../../shared/logging.ts';
import { countMetric } from '../../shared/metric.ts';

/** Findings that are logged one by one; whoever has more of them looks with `npm run audit`. */
const maxLogged = 200;

/** Says what an audit found, and counts it for the alarm. */
export function reportAudit(stage: string, audit: StockAudit): void {
  const { findings, undecided, ...covered } = audit;
  countMetric(stage, 'StockAuditFindings', findings.length);
  logger.info('stock audited', { ...covered, findingCount: findings.length, undecidedCount: undecided.length });
  for (const finding of findings.slice(0, maxLogged)) logger.error('stock audit finding', { ...finding });
  for (const finding of undecided.slice(0, maxLogged)) logger.warn('stock audit undecided', { ...finding });
}
