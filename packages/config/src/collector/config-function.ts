import { dirname } from 'node:path'
import type { Recorder } from './recorder.js'
import type { CollectorOptions } from './types.js'

/** What is being run, and for which command. */
export interface Session {
  /** `up` is `'dev'`; commands that only read the config (`types`, `check`) are `'check'`. */
  readonly command: CollectorOptions['command']
  /** Absolute folder of the main config. */
  readonly mainDir: string
  /** Absolute path of the main config. */
  readonly mainPath: string
}

/** What a config function is given. */
export interface ConfigContext {
  readonly session: Session
  /** The words after `--` as they are; `defineArgs` gives them names and types. */
  readonly args: readonly string[]
}

/** A config as a function. */
export type ConfigFunction = (context: ConfigContext) => void | PromiseLike<void>

const mark: unique symbol = Symbol.for('tiltts.config-function')

/** Marks a function as a config, so that it is called when its file is the main config or is included. */
export function markConfigFunction<F extends ConfigFunction>(config: F): F {
  Object.defineProperty(config, mark, { value: true })
  return config
}

function isConfigFunction(value: object): value is ConfigFunction {
  return mark in value
}

export const sessionOf = (options: CollectorOptions): Session => ({
  command: options.command,
  mainDir: dirname(options.mainPath),
  mainPath: options.mainPath,
})

/**
 * Runs the default export of a config file, once an evaluation.
 * A function that was not marked is a mistake that would go unseen.
 */
export async function runConfigFunction(recorder: Recorder, exports: unknown, path: string): Promise<void> {
  const config = (exports as { readonly default?: unknown } | null | undefined)?.default
  if (typeof config !== 'function') return
  if (!isConfigFunction(config)) {
    recorder.draft.findings.push({
      code: 'config/invalid-option',
      severity: 'error',
      message: `The default export of ${path} is a function that is never called`,
      hint: 'Write: export default defineConfig(…)',
      places: [{ file: path, line: 1, column: 1 }],
    })
    return
  }
  const { draft, options } = recorder
  const run = async (): Promise<void> => config({ session: sessionOf(options), args: options.args })
  const running = draft.started.get(config) ?? run()
  draft.started.set(config, running)
  await running
}
