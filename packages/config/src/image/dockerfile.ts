import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DockerImageNode } from '@tiltts/spec'
import type { Call } from '../call/call.js'

/** Where a Dockerfile may come from. */
export interface DockerfileOptions {
  readonly dockerfile?: string | undefined
  readonly dockerfileContents?: string | undefined
}

export type Dockerfile = DockerImageNode['dockerfile']

/** Stands in for a Dockerfile that cannot be had, which is an error already: nothing more is to be said about it. */
const placeholder = 'FROM scratch\n'

/**
 * The Dockerfile of an image, as it is now. A file is read by the config, so that an edit evaluates it anew.
 *
 * @param given The options as they were written, for what of `good` is absent because it was wrong.
 */
export function dockerfileOf(
  call: Call,
  subject: string,
  context: string,
  given: DockerfileOptions | undefined,
  good: DockerfileOptions,
): Dockerfile {
  const [byPath, byText] = [given?.dockerfile !== undefined, given?.dockerfileContents !== undefined]
  if (byPath && byText) {
    call.error('config/invalid-option', `${subject} has both dockerfile and dockerfileContents`, 'Keep one of the two')
    return { contents: placeholder }
  }
  if (byText) return { contents: good.dockerfileContents ?? placeholder }
  if (byPath && good.dockerfile === undefined) return { contents: placeholder }
  const path = good.dockerfile === undefined ? join(context, 'Dockerfile') : call.path(good.dockerfile)
  call.recorder.recordRead({ path, kind: 'file' })
  try {
    return { path, contents: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = { ENOENT: 'it does not exist', EISDIR: 'it is a folder' }[code ?? ''] ?? message
    call.error('config/read-failed', `${subject}: ${path} cannot be read: ${why}`, hintFor(call, context, good, code))
    return { path, contents: placeholder }
  }
}

function hintFor(
  call: Call,
  context: string,
  { dockerfile }: DockerfileOptions,
  code: string | undefined,
): string | undefined {
  if (statSync(context, { throwIfNoEntry: false })?.isDirectory() !== true) return `There is no folder ${context}`
  if (dockerfile === undefined) return 'Name it with dockerfile, or write it with dockerfileContents'
  if (code === 'EISDIR') return `Name the file in it: dockerfile: '${join(dockerfile, 'Dockerfile')}'`
  const inContext = join(context, dockerfile)
  if (statSync(inContext, { throwIfNoEntry: false })?.isFile() !== true) return undefined
  return `dockerfile counts from ${call.folder()}, not from the context; ${inContext} exists`
}
