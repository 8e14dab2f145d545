/** What is answered on a port of this machine, by a connection of its own; `undefined`: nobody does. */
export async function textAt(port: number, timeoutMs = 1000): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    return await response.text()
  } catch {
    // Nothing listens while what answers is replaced.
    return undefined
  }
}
