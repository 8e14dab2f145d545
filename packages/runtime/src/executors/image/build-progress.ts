import { buildLog } from '@tiltts/core/images'
import { type ImageStage, toApiTime } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { BuildEvent } from '../../ports/image-build.js'
import type { ImageJob } from './image-job.js'

/** Turns what a builder tells into lines of the log and stages of the image. */
export function buildProgress(
  { log, onStage }: Pick<ImageJob, 'log' | 'onStage'>,
  clock: Clock,
): { readonly event: (event: BuildEvent) => void; end(): void } {
  const lines = buildLog()
  const stages = new Map<string, ImageStage>()
  return {
    event(event) {
      for (const { text, level } of lines.push(event, clock.now())) log(text, level)
      if (event.kind !== 'step' || !event.name.startsWith('[')) return
      stages.set(event.id, {
        name: event.name,
        cached: event.state === 'cached',
        ...(event.startedAt !== undefined && { startedAt: toApiTime(event.startedAt) }),
        ...(event.finishedAt !== undefined && { finishedAt: toApiTime(event.finishedAt) }),
        ...(event.error !== undefined && { error: event.error }),
      })
      if (event.state !== 'running') onStage([...stages.values()])
    },
    end() {
      for (const { text, level } of lines.end(clock.now())) log(text, level)
    },
  }
}
