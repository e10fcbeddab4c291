/** Other systems, measured on a machine of the same size: two shared cores that also run the database and the clients. */
export const peers = [
  { system: 'Vendure 3.7.3 + PostgreSQL 15', clients: 8, ordersPerSecond: 9.1, p50Ms: 885, p99Ms: 1_130, cpuMs: 169 },
  { system: 'Vendure 3.7.3 + PostgreSQL 15', clients: 32, ordersPerSecond: 8.5, p50Ms: 3_579, p99Ms: 4_430 },
  { system: 'Medusa 2.21.2 + PostgreSQL 15', clients: 8, ordersPerSecond: 1.5, p50Ms: 5_255, p99Ms: 5_736, cpuMs: 817 },
] as const;

export const peersCaveat =
  'Measured in November 2026: cart of 1-3 lines, customer, address, stock check, payment, fulfillment. ' +
  'They do more per order than Holdfast does: sessions, promotions, GraphQL.';
