import { findDockerfileStep, stepTitle } from '@tiltts/core/images'
import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { CatalogueCode, Diagnostic } from '@tiltts/spec'
import type { FailedStep } from '../trace/build-progress.js'
import { explainBaseImage } from './base-image.js'
import { dockerfilePlaces } from './dockerfile-place.js'
import { explainMissingFile } from './missing-file.js'
import { explainTarget } from './target.js'

/** A failure in words, and the line of the Dockerfile that it stands in. */
export interface Explanation {
  readonly message: string
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly hint?: string | undefined
  readonly code?: CatalogueCode | undefined
}

export interface Failure {
  readonly request: ImageBuildRequest
  /** The builder's own words. */
  readonly error: string
  readonly step: FailedStep | undefined
}

/** Says what a failed build means to the one who wrote the Dockerfile. */
export function explain(failure: Failure): Diagnostic {
  const found = explainers.map((one) => one(failure)).find((one) => one !== undefined) ?? explainOther(failure)
  const place = found.line === undefined ? undefined : dockerfilePlaces(failure.request)(found.line, found.column)
  const hint = found.hint ?? diskHint(failure)
  return {
    code: found.code ?? 'image/build-failed',
    severity: 'error',
    // Without a file to show, the line is said at least.
    message:
      place || found.line === undefined ? found.message : `line ${found.line} of the Dockerfile: ${found.message}`,
    places: place ? [place] : [],
    ...(hint && { hint }),
  }
}

const explainers: readonly ((failure: Failure) => Explanation | undefined)[] = [
  explainSyntax,
  explainTarget,
  explainRun,
  explainMissingFile,
  explainBaseImage,
  explainMount,
]

function explainSyntax({ request, error }: Failure): Explanation | undefined {
  const code = 'config/invalid-dockerfile'
  const [, line, words] = /dockerfile parse error (?:on )?line (\d+): (.*)/is.exec(error) ?? []
  if (line !== undefined) return { code, message: words ?? error, line: Number(line) }
  // Podman does not say where.
  const [unknown, keyword = ''] = /Unknown instruction: "(\w+)"/.exec(error) ?? []
  if (unknown !== undefined) {
    const at = request.dockerfile.split('\n').findIndex((text) => text.trim().split(/\s/)[0]?.toUpperCase() === keyword)
    return { code, message: unknown, ...(at >= 0 && { line: at + 1 }) }
  }
  const [, whole] =
    /(no stages to build|file with no instructions|no build stage in current context|the Dockerfile .*cannot be empty.*)/i.exec(
      error,
    ) ?? []
  return whole === undefined ? undefined : { code, message: whole, line: 1 }
}

/** So many lines of a step's output are shown with its failure. */
const shownLines = 20

function explainRun({ request, step, error }: Failure): Explanation | undefined {
  const said = step?.error || error
  const [, why] =
    /did not complete successfully: (.*)/s.exec(said) ??
    /returned a non-zero (code: \d+)/.exec(said) ??
    // Podman
    /while running runtime: (.*)/s.exec(said) ??
    []
  if (why === undefined) return undefined
  const found = step && findDockerfileStep(request.dockerfile, step.name)
  const command = `\`${stepTitle((found?.text ?? step?.name ?? 'a RUN').replace(/^\[[^\]]*\] /, ''))}\``
  const [, code] = /^(?:(?:exit )?code:|exit status) (\d+)/.exec(why) ?? []
  const output = lastLines(step?.output ?? '')
  const what = code === undefined ? `${command} could not be run: ${why}` : `${command} ended with exit code ${code}`
  return {
    message: [what, ...output.map((text) => `  ${text}`.trimEnd())].join('\n'),
    line: found?.line,
    ...(code === '137' && { hint: 'It was killed, perhaps for want of memory.' }),
    ...(code === '127' && { hint: 'The image does not have the command.' }),
  }
}

function lastLines(output: string): readonly string[] {
  const lines = output.trimEnd().split(/\r?\n/)
  // Of a progress bar its last state counts.
  const shown = lines.slice(-shownLines).map((line) => line.slice(line.lastIndexOf('\r') + 1))
  return output.trim() === '' ? [] : shown
}

function explainMount({ request, step, error }: Failure): Explanation | undefined {
  const line = step && findDockerfileStep(request.dockerfile, step.name)?.line
  const [, secret] = /secret ([^\s:]+):? not found/.exec(error) ?? []
  if (secret !== undefined) {
    const hint = `Give it to dockerBuild: secret: ['id=${secret},src=PATH'].`
    return { message: `the step asks for the secret "${secret}", which it is not given`, line, hint }
  }
  const [, key] = /unset ssh forward key (\S+)/.exec(error) ?? []
  if (key === undefined) return undefined
  const hint = `Give it to dockerBuild: ssh: ['${key}'], with an SSH agent running.`
  return { message: `the step asks for the SSH agent "${key}", which it is not given`, line, hint }
}

function explainOther({ request, step, error }: Failure): Explanation {
  const found = step && findDockerfileStep(request.dockerfile, step.name)
  return { message: error.replace(/^(failed to solve|failed to compute cache key): /, ''), line: found?.line }
}

function diskHint({ error, step }: Failure): string | undefined {
  if (!/no space left on device/i.test(`${error}\n${step?.output ?? ''}`)) return undefined
  return 'A disk is full: see docker system df, and free space with docker builder prune and docker image prune.'
}
