import './node-version.ts';
import { writeFileSync } from 'node:fs';
import { sagas } from '../statemachines/index.ts';

/** Writes the definition of every saga beside its table. `npm run asl` formats the files afterwards. */
for (const [name, definition] of Object.entries(sagas)) {
  const file = new URL(`../statemachines/${name}.asl.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(definition, undefined, 2)}\n`);
}
