import type { EngineConnection } from './connection.js'

/** On top of the grace time: the engine's own work. */
const RESTART_MS = 60_000

export async function restartContainer(connection: EngineConnection, id: string, graceSeconds: number): Promise<void> {
  const timeoutMs = graceSeconds * 1000 + RESTART_MS
  await connection.call((docker, abortSignal) => docker.getContainer(id).restart({ t: graceSeconds, abortSignal }), {
    timeoutMs,
  })
}
