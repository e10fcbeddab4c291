/** How programs on this machine address its loopback interface. */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

interface Headers {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * Whether a request can come from a web page. Browsers send the page's origin with every request that has an effect or whose
 * answer a script may read. A page whose own host name has been pointed at this machine (DNS rebinding) counts as the same
 * origin for its browser, but the name stays in `Host`.
 */
export function isFromWebPage({ host, origin }: Headers): boolean {
  return origin !== undefined || isForeignHost(host);
}

/** The same, except for a page that this server itself has sent. */
export function isFromForeignWebPage({ host, origin }: Headers): boolean {
  return isForeignHost(host) || (origin !== undefined && origin !== `http://${host}`);
}

function isForeignHost(host = ''): boolean {
  return !LOOPBACK_HOST.test(host);
}
