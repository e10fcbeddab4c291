import type { Meter } from '../meter.ts';
import type { Units } from './capacity.ts';

/** What one call of the store came to. */
export type StoreUse = [
  /** The function that called, '' for somebody outside of the app. */
  caller: string,
  kind: 'read' | 'write',
  units: Units,
  /** Tables that have news in their streams, each as often as it was written to. */
  written: readonly string[],
];

/**
 * Enters calls of the store, from whichever thread, where they count.
 * @param written a table was written to: its stream has news
 */
export function storeBooks(meter: Meter, written: (table: string) => void): (use: StoreUse) => void {
  return ([caller, kind, units, tables]) => {
    const use = meter.function(caller || '(outside)');
    use.storeCalls++;
    for (const [name, count] of units) {
      const table = meter.table(name);
      table.calls++;
      if (kind === 'write') {
        table.writeUnits += count;
        use.writeUnits += count;
      } else {
        table.readUnits += count;
        use.readUnits += count;
      }
    }
    for (const table of tables) written(table);
  };
}
