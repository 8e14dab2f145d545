import type { FunctionContext } from '@tiltts/runtime/ports'
import type { HostRequest, HostSetup } from './protocol.js'

/** What the process of a server function is told. Other processes can read it, so no values of the environment stand in it. */
export interface ServerRequest {
  readonly setup: HostSetup
  readonly request: Omit<HostRequest, 'env'>
  readonly fnId: string
  readonly context: Omit<FunctionContext, 'env'>
  /** The process has them in its own environment. */
  readonly envNames: readonly string[]
}

export function encodeServerRequest(
  setup: HostSetup,
  request: HostRequest,
  fnId: string,
  context: FunctionContext,
): string {
  const { mainPath, args, command, kubernetes } = request
  const { env, ...rest } = context
  const encoded: ServerRequest = {
    setup,
    request: { mainPath, args, command, kubernetes },
    fnId,
    context: rest,
    envNames: Object.keys(env),
  }
  return JSON.stringify(encoded)
}

export function decodeServerRequest(text: string): ServerRequest {
  return JSON.parse(text) as ServerRequest
}
