import { excerptOf } from '@tiltts/core/errors'
import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { Place } from '@tiltts/spec'

/** Places in the text that is built; `undefined` where it has no file. */
export function dockerfilePlaces({
  dockerfile,
  dockerfilePath,
}: Pick<ImageBuildRequest, 'dockerfile' | 'dockerfilePath'>): (line: number, column?: number) => Place | undefined {
  const lines = dockerfile.split(/\r?\n/)
  return (line, column = 1) => {
    if (dockerfilePath === undefined || line < 1 || line > lines.length) return undefined
    const excerpt = excerptOf(lines, line)
    return { file: dockerfilePath, line, column, ...(excerpt && { excerpt }) }
  }
}
