import { type DockerfileArgs, type DockerfileImage, readDockerfile } from './dockerfile.js'

/**
 * A Dockerfile in which images stand for others, at exactly their places: the number of lines, and all else, stays.
 * @param refs From what is to be replaced, with ARGs put in or as it is written, to what takes its place.
 * @example replaceBaseImages('ARG B=shop/base\nFROM $B', {}, new Map([['shop/base', 'shop/base:tilt-1']]))
 * // 'ARG B=shop/base\nFROM shop/base:tilt-1'
 */
export function replaceBaseImages(
  text: string,
  buildArgs: Readonly<Record<string, string>>,
  refs: ReadonlyMap<string, string>,
  platform?: DockerfileArgs['platform'],
): string {
  if (refs.size === 0) return text
  const { images, escapeChar } = readDockerfile(text, { buildArgs, platform })
  const starts = lineStarts(text)
  let out = text
  // From the end, so that the places before stay where they are.
  for (const image of [...images].reverse()) {
    const next = refs.get(image.ref) ?? refs.get(image.written)
    if (next !== undefined) out = replaceOne(out, starts, image, next, escapeChar)
  }
  return out
}

function replaceOne(
  text: string,
  starts: readonly number[],
  { range }: DockerfileImage,
  next: string,
  escapeChar: string,
): string {
  const start = (starts[range.start.line] ?? 0) + range.start.character
  const end = (starts[range.end.line] ?? 0) + range.end.character
  // A reference that was broken over lines leaves its line breaks behind.
  const breaks = text.slice(start, end).match(/\r?\n/g) ?? []
  return text.slice(0, start) + next + breaks.map((line) => `${escapeChar}${line}`).join('') + text.slice(end)
}

function lineStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (match) => match.index + match[0].length)]
}
