/** Stands before an environment's code, on the same line: its lines keep their numbers. */
export const prefix = "const process=globalThis[Symbol.for('holdfast.processes')].get(import.meta.url);";
