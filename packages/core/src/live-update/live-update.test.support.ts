import type { ImageUse, LiveUpdateSpec, RestartStepSpec, RunStepSpec, SyncSpec } from '@tiltts/spec'
import type { LiveUpdateFile, LiveUpdatePlan } from './types.js'

/** `sync('/app/src', '/srv', 'node_modules')`: the patterns count from the source. */
export function sync(localPath: string, containerPath: string, ...ignored: readonly string[]): SyncSpec {
  const ignores = ignored.length === 0 ? [] : [{ basePath: localPath, patterns: ignored }]
  return { localPath, containerPath, ignores }
}

export function run(text: string, ...triggers: readonly string[]): RunStepSpec {
  return { argv: ['sh', '-c', text], display: text, triggers, echoOff: false }
}

export function restart(...triggers: readonly string[]): RestartStepSpec {
  return { what: 'container', triggers }
}

export function liveUpdate(syncs: readonly SyncSpec[], more: Partial<LiveUpdateSpec> = {}): LiveUpdateSpec {
  return { syncs, runs: [], stopPaths: [], initialSync: false, place: undefined, ...more }
}

/** A deployed image built from a folder. */
export function image(name: string, inputs: readonly string[], liveUpdate?: LiveUpdateSpec): ImageUse {
  return { name, deployed: true, inputs, liveUpdate }
}

/** `state path` in words: `['file /app/a', 'gone /app/b']`. */
export function changes(...words: readonly string[]): readonly LiveUpdateFile[] {
  return words.map((word) => {
    const [state, path] = word.split(' ')
    if (path === undefined || (state !== 'file' && state !== 'folder' && state !== 'link' && state !== 'gone'))
      throw new Error(`no change: ${word}`)
    return { path, state }
  })
}

/** What the plan does, in order, a line each. */
export function steps(plan: LiveUpdatePlan): readonly string[] {
  if (plan.kind === 'nothing') return []
  if (plan.kind === 'stop') return [`stop: ${plan.reason}`]
  return [
    ...plan.remove.map((path) => `remove ${path}`),
    ...plan.copy.map(({ localPath, containerPath }) => `copy ${localPath} → ${containerPath}`),
    ...plan.runs.map(({ display }) => `run ${display}`),
    ...(plan.restart === undefined ? [] : [`restart ${plan.restart.what}`]),
  ]
}
