import { type Resource, type Stand, type Tiltfile, wellKnown } from '@tiltts/spec'
import { wantsUpdate } from '../schedule/candidate.js'
import { isDisabled } from '../status/resource-view.js'
import { runtimeStatus } from '../status/runtime-status.js'
import { summaryOf } from '../status/summary.js'
import type { WhyView } from './types.js'

/** Where something stands, with one line for people. */
export interface StandView {
  readonly stand: Stand
  readonly message: string
}

/** Where a resource stands. */
export function standOf({ viewOf, now }: Pick<WhyView, 'viewOf' | 'now'>, resource: Resource): StandView {
  const view = viewOf(resource)
  const { spec, status } = resource
  const say = (stand: Stand): StandView => ({ stand, message: summaryOf(view, now) ?? stand })
  if (isDisabled(view)) return say('disabled')
  if (status.current !== undefined) return say('updating')
  if (wantsUpdate(spec, status)) return say(status.hold === undefined ? 'queued' : 'waiting')
  if (!status.started || status.pending.length > 0) return say('not-triggered')
  if (status.last === 'failed' || status.last === 'cancelled') return say('failed')
  return say(standByRuntime[runtimeStatus(view, now)])
}

const standByRuntime = {
  error: 'failed',
  pending: 'starting',
  unknown: 'unknown',
  ok: 'ready',
  not_applicable: 'ready',
  none: 'ready',
} as const

/** Where the config stands. */
export function standOfConfig({ status }: Tiltfile): StandView {
  if (status.running !== undefined || status.pending !== undefined || status.terminated === undefined)
    return { stand: 'updating', message: configText(status) }
  const { error } = status.terminated
  if (error !== '') return { stand: 'failed', message: `the config of before goes on: ${error}` }
  return { stand: 'ready', message: `${wellKnown.tiltfile} is loaded` }
}

/** What the config is evaluated for. */
export function configText({ pending, running }: Tiltfile['status']): string {
  const files = pending?.files ?? []
  if (files.length > 0) return `the config is evaluated again: ${fileNames(files, pending?.fileCount)} changed`
  return `the config is evaluated${running === undefined ? ' next' : ''}`
}

/** At most three of many files. */
export function fileNames(files: readonly string[], count: number = files.length): string {
  const more = count - Math.min(files.length, 3)
  return more > 0 ? `${files.slice(0, 3).join(', ')} and ${more} more` : files.join(', ')
}
