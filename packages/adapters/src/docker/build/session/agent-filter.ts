/** Requests to an SSH agent that come in any pieces, parted into those that pass and answers to those that do not. */
export type AgentFilter = (piece: Buffer) => { readonly pass: Buffer; readonly refuse: Buffer }

/** Requests of the agent protocol: list the keys, sign, and `session-bind@openssh.com` and its like. */
const harmless = new Set([11, 13, 27])
const refusal = Buffer.from([0, 0, 0, 1, 5])
/** No agent takes longer requests. */
const longest = 256 * 1024

/** A build may use keys, but neither add, remove nor lock any. */
export function agentFilter(): AgentFilter {
  let held = Buffer.alloc(0)
  return (piece) => {
    held = Buffer.concat([held, piece])
    const pass: Buffer[] = []
    const refuse: Buffer[] = []
    while (held.length >= 5) {
      const length = held.readUInt32BE(0)
      if (length > longest) throw new Error('a request to the SSH agent is too long')
      if (held.length < 4 + length) break
      const request = held.subarray(0, 4 + length)
      held = held.subarray(4 + length)
      if (harmless.has(request[4] ?? 0)) pass.push(request)
      else refuse.push(refusal)
    }
    return { pass: Buffer.concat(pass), refuse: Buffer.concat(refuse) }
  }
}
