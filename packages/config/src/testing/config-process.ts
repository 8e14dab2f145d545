import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EvaluationResult } from '@tiltts/spec'
import { folderOf } from './evaluate.js'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A process with real modules, for what a function in the test's own process cannot show. */
export interface ConfigProcess {
  /** Evaluates `tilt.config.ts` among these files, in a new folder. */
  evaluate(
    files: Readonly<Record<string, string>>,
  ): Promise<{ readonly folder: string; readonly result: EvaluationResult }>
  stop(): void
}

/** Starts the process. Each evaluation has a folder, and so modules, of its own. */
export function startConfigProcess(): ConfigProcess {
  const child: ChildProcess = fork(new URL('./config-process-main.ts', import.meta.url), [], {
    execArgv: ['--conditions=@tiltts/source', '--import', 'tsx', '--enable-source-maps'],
    cwd: here('../..'),
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`the config's process ended with ${code}`)
  })
  ended.catch(() => undefined)
  let last: Promise<unknown> = Promise.resolve()
  return {
    evaluate(files) {
      const run = last.then(async () => {
        const folder = folderOf({ 'package.json': '{ "type": "module" }', ...files })
        mkdirSync(join(folder, 'node_modules'))
        symlinkSync(here('../../../tiltts'), join(folder, 'node_modules/tiltts'))
        child.send(folder)
        const [result] = await Promise.race([once(child, 'message'), ended])
        return { folder, result: result as EvaluationResult }
      })
      last = run.catch(() => undefined)
      return run
    },
    stop: () => void child.kill(),
  }
}
