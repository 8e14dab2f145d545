import type { Place } from '@tiltts/spec'
import type { CiResource, CiRun, CiUpdate } from './ci-run.js'
import { pathFrom } from './shown-text.js'

/**
 * A run as JSON. Its shape is public: fields are added to it, but none changes its meaning or goes away while `version`
 * stays the same; what is not known is `null`. Times are RFC 3339, durations whole milliseconds.
 *
 * @param folder - paths of files are shown from here
 */
export function ciJson(run: CiRun, folder: string): string {
  const { config } = run
  const report = {
    version: 1,
    result: run.result,
    exitCode: run.exitCode,
    reason: run.reason,
    startTime: run.startTime,
    finishTime: run.finishTime,
    durationMs: Math.round(run.durationMs),
    config: {
      path: pathFrom(folder, config.path),
      durationMs: whole(config.durationMs),
      error: config.error,
      diagnostics: config.diagnostics.map(({ code, severity, message, hint, places }) => ({
        code,
        severity,
        message,
        hint: hint ?? null,
        places: places.map((place) => placeOf(place, folder)),
      })),
    },
    resources: run.resources.map((resource) => resourceOf(resource, folder)),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function resourceOf(resource: CiResource, folder: string): object {
  const { name, type, labels, state, result, durationMs, waitedOn, detail, probeOutput } = resource
  return {
    name,
    type,
    labels,
    state,
    result,
    durationMs: whole(durationMs),
    waitedOn: waitedOn === undefined ? null : { what: waitedOn.what, ms: whole(waitedOn.ms) },
    detail: detail ?? null,
    probeOutput: probeOutput ?? null,
    place: resource.place === undefined ? null : placeOf(resource.place, folder),
    updates: resource.updates.map(updateOf),
    lastLines: resource.lastLines,
  }
}

function updateOf({ name, phase, startTime, durationMs, queuedMs, steps }: CiUpdate): object {
  return {
    name,
    phase,
    startTime: startTime ?? null,
    durationMs: whole(durationMs),
    queuedMs: whole(queuedMs),
    steps: steps.map((step) => ({
      name: step.name,
      startTime: step.startTime,
      durationMs: whole(step.durationMs),
      error: step.error ?? null,
    })),
  }
}

const placeOf = ({ file, line, column }: Place, folder: string): object => ({
  file: pathFrom(folder, file),
  line,
  column,
})

const whole = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))
