/**
 * The kinds of items in tables that hold several, and the prefixes of their partition keys. The adapters make their keys with
 * them, and the grants of the functions name them (infra/capabilities).
 */

export const stockKinds = {
  shard: 'I#',
  reservation: 'R#',
  plan: 'P#',
  hotSkus: 'H#',
  ledger: 'C#',
  locations: 'L#',
  queue: 'Q#',
  backorder: 'W#',
  level: 'N#',
  snapshot: 'B#',
} as const;

export const gatewayRecordKinds = {
  purchases: 'purchases#',
  authorizations: 'authorizations#',
  actions: 'actions#',
  customers: 'customers#',
} as const;

export const sandboxKinds = { payment: 'payment#', shipment: 'shipment#' } as const;

export const discountKinds = { definition: 'discounts#', uses: 'uses#' } as const;
