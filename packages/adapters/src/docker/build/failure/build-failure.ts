import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { Diagnostic, Place } from '@tiltts/spec'
import type { FailedStep } from '../trace/build-progress.js'
import { lineOfStep, placeAt } from './step-place.js'

/** So many lines of what the failed step printed are told again at the end. */
const tailLines = 20

/** What a failed build tells the user: the step, its last words, and its place in the Dockerfile. */
export function buildFailure(
  request: Pick<ImageBuildRequest, 'dockerfile' | 'dockerfilePath'>,
  message: string,
  failed: FailedStep | undefined,
): Diagnostic {
  const parseLine = /\bparse error (?:on|at) line (\d+)/i.exec(message)?.[1]
  const text = message.replace(/^failed to solve: /, '').trim()
  const line = parseLine === undefined ? failed && lineOfStep(request.dockerfile, failed.name) : Number(parseLine)
  const places: readonly Place[] =
    line === undefined ? [] : [placeAt(request, line)].filter((place) => place !== undefined)
  if (parseLine !== undefined) return { code: 'config/invalid-dockerfile', severity: 'error', message: text, places }
  const tail = failed === undefined ? '' : lastLines(failed.output)
  return {
    code: 'image/build-failed',
    severity: 'error',
    message: tail === '' ? text : `${text}\n${tail}`,
    places,
    ...(hintOf(text) && { hint: hintOf(text) }),
  }
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-tailLines).join('\n')
}

function hintOf(text: string): string | undefined {
  if (/no space left on device/.test(text)) return 'Free space: tiltts docker-prune, docker system prune'
  const missing = /"\/?([^"]+)": not found/.exec(text)?.[1]
  if (missing !== undefined && /cache key|checksum/.test(text))
    return `${missing} is not in the build context: check the path, .dockerignore, \`only\` and \`ignore\``
  if (/target stage .* could not be found/.test(text))
    return 'Check `target` against the names behind AS in the Dockerfile'
  if (/pull access denied|failed to resolve source metadata|not found$/.test(text))
    return 'Check the name of the base image, and the login: docker login'
  return undefined
}
