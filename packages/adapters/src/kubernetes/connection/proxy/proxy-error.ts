/** The proxy is the reason why the server cannot be reached. */
export class ProxyError extends Error {}
