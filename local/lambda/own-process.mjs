// Gives each environment of a thread a `process` of its own: with its variables, and an exit that ends it alone.
import { registerHooks } from 'node:module';
import { prefix } from './process-prefix.mjs';

/** Processes by their modules' URLs. */
const processes = new Map();
const registry = Symbol.for('holdfast.processes');
Object.defineProperty(globalThis, registry, { value: processes });

const scheme = 'environment-process:';
const names = Object.keys(process).filter((name) => name !== 'default');

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = '' } = context;
    if (!/^(node:)?process$/.test(specifier) || !processes.has(parentURL)) return next(specifier, context);
    return { url: scheme + parentURL, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (url.startsWith(scheme))
      return { format: 'module', source: moduleOf(url.slice(scheme.length)), shortCircuit: true };
    const loaded = next(url, context);
    return processes.has(url) ? { ...loaded, source: prefix + loaded.source } : loaded;
  },
});

/**
 * @param {string} url of the module that is to have it, which must be imported after this and only be one file
 * @param {Record<string, string>} variables
 * @param {(code: number) => void} onExit
 * @returns {string} the URL
 */
export function ownProcess(url, variables, onExit) {
  const own = Object.create(process, {
    env: { value: variables, enumerable: true },
    exit: {
      value: (/** @type {number} */ code = 0) => {
        onExit(code);
        throw new Error('its process has ended'); // nothing after it must run
      },
    },
  });
  processes.set(url, own);
  return url;
}

/** What `node:process` is to an environment. */
function moduleOf(/** @type {string} */ url) {
  const own = `globalThis[Symbol.for('holdfast.processes')].get(${JSON.stringify(url)})`;
  return `const own=${own};export default own;export const {${names.join(',')}}=own;`;
}
