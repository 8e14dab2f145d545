import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { SharedSession } from './shared-session.js'
import { bin } from './temp-project.js'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A script that goes on until it is ended. */
export interface GoesOn {
  out(): string
  /** Ends all of its processes. */
  end(): Promise<void>
}

/** Scripts beside a session, for which `tiltts` and `tilt` are commands on the PATH. */
export interface Shell {
  run(script: string, input?: string): Promise<Ran>
  start(script: string): GoesOn
}

/** A shell in the folder of a session's project. */
export function shellOf({ project, env }: SharedSession): Shell {
  const folder = join(dirname(project.folder), 'bin')
  mkdirSync(folder, { recursive: true })
  for (const name of ['tiltts', 'tilt']) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const options = { cwd: project.folder, env: { ...env, PATH: `${folder}${delimiter}${env['PATH']}` } }
  return {
    run: (script, input = '') =>
      new Promise((resolve) => {
        const child = spawn('sh', ['-c', script], options)
        let out = ''
        let err = ''
        child.stdout.setEncoding('utf8').on('data', (text) => {
          out += text
        })
        child.stderr.setEncoding('utf8').on('data', (text) => {
          err += text
        })
        child.on('close', (code) => resolve({ code: code ?? 128, out, err }))
        // It may end before it has read all.
        child.stdin.on('error', () => {})
        child.stdin.end(input)
      }),
    start(script) {
      const child = spawn('sh', ['-c', script], { ...options, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
      let out = ''
      child.stdout.setEncoding('utf8').on('data', (text) => {
        out += text
      })
      const closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
      return {
        out: () => out,
        end() {
          if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
            process.kill(-child.pid, 'SIGKILL')
          return closed
        },
      }
    },
  }
}
