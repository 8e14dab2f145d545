import type { FunctionHost } from '../ports/config-host.js'

/** Where the functions of the live config are to be had. */
export interface FunctionRegistry {
  current(): FunctionHost | undefined
  /** Puts new functions in place; returns those before, which their caller releases. */
  replace(host: FunctionHost | undefined): FunctionHost | undefined
}

export function functionRegistry(): FunctionRegistry {
  let present: FunctionHost | undefined
  return {
    current: () => present,
    replace(host) {
      const before = present
      present = host
      return before
    },
  }
}
