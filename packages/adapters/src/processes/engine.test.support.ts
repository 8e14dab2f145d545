import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'

/**
 * Tests only: an engine in a process of its own, so that it can be killed. `processes` is there for the script, `say(value)`
 * prints, and it lives until it is ended.
 *
 * @param options As text: what createProcesses gets.
 */
export function startEngine(options: string, script: string): ChildProcess {
  const program = `
    import { createProcesses } from '${new URL('create-processes.ts', import.meta.url)}'
    const processes = createProcesses(${options})
    const env = { PATH: process.env.PATH }
    const say = (value) => process.stdout.write(value + '\\n')
    const alive = setInterval(() => {}, 1000)
    ${script}
  `
  const argv = ['--conditions', '@tiltts/source', '--import', 'tsx', '--input-type=module', '-e', program]
  return spawn(process.execPath, argv, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What an engine said, once it has said so much. */
export function said(engine: ChildProcess, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    engine.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      if (enough(text)) resolve(text)
    })
    engine.once('exit', () => reject(new Error(`the engine ended and had only said: ${text}`)))
  })
}

/** Starts a process from an engine of its own, and kills that engine. Returns the pid of the process. */
export async function leaveBehind(stateFolder: string, sessionId: string = randomUUID()): Promise<number> {
  const engine = startEngine(
    JSON.stringify({ sessionId, stateFolder, reaper: false }),
    `say(processes.spawn({ argv: ['sleep', '1000'], dir: '/', env }).pid)`,
  )
  const pid = Number(await said(engine, (text) => text.endsWith('\n')))
  engine.kill('SIGKILL')
  await new Promise((resolve) => engine.once('exit', resolve))
  return pid
}
