import { buildLogLines } from '@tiltts/core/images'
import { type ImageStage, toApiTime } from '@tiltts/spec'
import type { BuildEvent } from '../../ports/image-build.js'
import type { ImageJob } from './image-job.js'

/** Turns what a builder tells into lines of the log and stages of the image. */
export function buildProgress({ log, onStage }: Pick<ImageJob, 'log' | 'onStage'>): {
  readonly event: (event: BuildEvent) => void
  end(): void
} {
  const lines = buildLogLines()
  const stages = new Map<string, ImageStage>()
  const print = (texts: readonly string[]): void => {
    if (texts.length > 0) log(`${texts.join('\n')}\n`)
  }
  return {
    event(event) {
      print(lines.push(event))
      if (event.kind !== 'step' || !event.name.startsWith('[')) return
      // Of a step that goes on the builder tells again and again.
      if (event.state === 'running' && stages.has(event.id)) return
      stages.set(event.id, {
        name: event.name,
        cached: event.state === 'cached',
        ...(event.startedAt !== undefined && { startedAt: toApiTime(event.startedAt) }),
        ...(event.finishedAt !== undefined && { finishedAt: toApiTime(event.finishedAt) }),
        ...(event.error !== undefined && { error: event.error }),
      })
      onStage([...stages.values()])
    },
    end: () => print(lines.end()),
  }
}
