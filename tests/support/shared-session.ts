import { setTimeout as sleep } from 'node:timers/promises'
import { createProject, type TempProject } from './temp-project.js'
import { endTiltts, type Finished, launchTiltts, type RunningTiltts } from './tiltts.js'

/** A session that all tests of a file talk to. */
export interface SharedSession {
  readonly project: TempProject
  readonly env: NodeJS.ProcessEnv
  readonly dev: RunningTiltts
  /** Runs `tiltts` in the project to its end. */
  run(...args: readonly string[]): Promise<Finished>
  /** Waits until something is so; rejects after 20 s with what the session has printed. */
  until(fact: () => boolean | Promise<boolean>): Promise<void>
  /** Ends it. Again: nothing. */
  stop(): Promise<void>
  /** Ends it and removes the project. */
  end(): Promise<void>
}

/**
 * Starts `tiltts dev` in a project of these files, to be called in `beforeAll`; resolves when `ready` was printed.
 * To be ended in `afterAll`.
 */
export async function sharedSession(
  files: Readonly<Record<string, string>>,
  ready: RegExp | string,
  args: readonly string[] = [],
): Promise<SharedSession> {
  const { project, remove } = createProject(files)
  const dev = launchTiltts(project, ['dev', '--port', '0', ...args])
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => {
    ending ??= endTiltts(dev)
    return ending
  }
  try {
    await dev.printed(ready)
  } catch (error) {
    await stop()
    remove()
    throw error
  }
  return {
    project,
    env: project.env,
    dev,
    run: async (...words) => {
      const running = launchTiltts(project, words)
      return running.finished
    },
    async until(fact) {
      for (const limit = Date.now() + 20_000; !(await fact()); await sleep(50))
        if (Date.now() > limit) throw new Error(`it did not come to be:\n${dev.stdout()}\n${dev.stderr()}`)
    },
    stop,
    end: async () => {
      await stop()
      remove()
    },
  }
}
