/**
 * Stands in bundles where EasyPost's SDK loads superagent. The SDK hands it to the option `superagentMiddleware`, and ours
 * (see `easypost-transport.ts`) does not look at it.
 */
export default undefined;
