// Taken before a config can replace it.
const kill: typeof process.kill = process.kill.bind(process)

/**
 * Ends this process with all that it has started: the engine is gone, and there is nobody left to work for. The host
 * leads a group of its own, except on Windows, which has none.
 */
export function endGroup(): void {
  kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL')
}
