import { dirname, join, posix } from 'node:path'
import { didYouMean } from '@tiltts/core/errors'
import { findDockerfileStep } from '@tiltts/core/images'
import type { BuildContext } from '@tiltts/runtime/ports'
import { namesIn } from '../../../files/names-in.js'
import { linkStats } from '../../../files/stat.js'
import type { Explanation, Failure } from './explain.js'

/** A COPY or ADD of what is not there. */
export function explainMissingFile({ request, error, step }: Failure): Explanation | undefined {
  const [, path] =
    /"([^"]*)": not found/.exec(step?.error || error) ??
    /lstat \S*?\/buildkit-mount\d+(\/\S*): no such file or directory/.exec(error) ??
    // Podman
    /copier: stat: "([^"]*)": no such file or directory/.exec(error) ??
    /(?:COPY|ADD) failed: .*?stat (\S+): (?:file does not exist|no such file or directory)/.exec(error) ??
    []
  if (path === undefined) return undefined
  const found = step && findDockerfileStep(request.dockerfile, step.name)
  if (step !== undefined && !/\b(COPY|ADD|RUN)\b/i.test(step.name)) return undefined
  const name = path.replace(/^\//, '')
  const [, from] =
    /--from=(\S+)/.exec(found?.text ?? step?.name ?? '') ?? /\bfrom=([^\s,]+)/.exec(found?.text ?? '') ?? []
  const line = found?.line
  if (from !== undefined)
    return { message: `"${path}" is not in ${from}`, line, column: columnOf(request.dockerfile, line, name) }
  const { context } = request
  const source = sourceWithin(found?.text ?? '', name)
  return {
    message: `"${source}" is not in the build context ${context.folder}`,
    line,
    column: columnOf(request.dockerfile, line, source),
    hint: contextHint(context, source),
  }
}

/** Of a source whose folder is missing, too, the builder names the folder only. */
function sourceWithin(text: string, missing: string): string {
  const words = text
    .split(' ')
    .slice(1, -1)
    .map((word) => posix.normalize(word.replace(/^\.?\//, '')))
  return words.find((word) => word === missing || word.startsWith(`${missing}/`)) ?? missing
}

function contextHint(context: BuildContext, name: string): string | undefined {
  const whole = join(context.folder, name)
  if (linkStats(whole) !== undefined && isLeftOut(context, name)) {
    return leftOutHint(context.leftOutBy?.(whole))
  }
  const near = didYouMean(posix.basename(name), namesIn(dirname(whole)))
  return near ?? 'Paths of COPY and ADD count from the context, not from the Dockerfile.'
}

function leftOutHint(pattern: string | undefined): string {
  const there = 'It is there, but left out of the context'
  // What `only` does not name.
  if (pattern === '**') return `${there}: add it to \`only\` of dockerBuild.`
  const by = pattern === undefined ? '' : ` by "${pattern}"`
  return `${there}${by}: see the .dockerignore, and \`ignore\` and \`only\` of dockerBuild.`
}

function isLeftOut({ folder, ignored, prunes }: BuildContext, name: string): boolean {
  if (ignored(join(folder, name))) return true
  const parts = name.split('/')
  return parts.some((_, index) => prunes(join(folder, ...parts.slice(0, index))))
}

function columnOf(dockerfile: string, line: number | undefined, name: string): number | undefined {
  if (line === undefined || name === '') return undefined
  const at = dockerfile.split('\n')[line - 1]?.indexOf(name) ?? -1
  return at < 0 ? undefined : at + 1
}
