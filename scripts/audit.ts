import './node-version.ts';
import { connect } from './audit/connect.ts';
import { auditUsage, readAuditOptions } from './audit/options.ts';
import { auditReport } from './audit/report.ts';

/** Runs the scheduled audit by hand, against a local instance or a deployed stage. */
async function main(): Promise<boolean> {
  const options = readAuditOptions(process.argv.slice(2));
  if (options.help) {
    console.log(auditUsage);
    return true;
  }
  const gateway = await connect(options);
  // AWS clients read region, endpoint and credentials from the environment when they are created, so the import comes
  // after.
  const { auditStock } = await import('../functions/fulfillment/adapters/stock-audit.ts');
  const { table, orders, views } = options;
  const ordersTables = orders === undefined || views === undefined ? undefined : { log: orders, views };
  const withinMs = options.minutes * 60_000;
  const audit = await auditStock({ inventory: table, orders: ordersTables }, withinMs);
  const payments =
    ordersTables === undefined || gateway === undefined
      ? undefined
      : await (await import('./audit/payments.ts')).auditedPayments(ordersTables, gateway, withinMs);
  console.log(options.json ? JSON.stringify({ ...audit, payments }, null, 2) : auditReport(audit, payments).join('\n'));
  return (
    audit.complete && [audit.findings, audit.unfinished, payments?.findings ?? []].every(({ length }) => length === 0)
  );
}

main().then(
  (balances) => {
    process.exitCode = balances ? 0 : 1;
  },
  (error: Error) => {
    console.error(`audit: ${error.message}`);
    process.exitCode = 2;
  },
);
