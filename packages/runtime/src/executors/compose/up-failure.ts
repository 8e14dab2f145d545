export interface FailedUp {
  /** What Compose said last. */
  readonly words: string
  readonly image: string
  /** Whether the engine has the image. */
  readonly hasImage: boolean
}

/** Why a service did not come up, in words that say what to do where that is known. */
export function explainUp({ words, image, hasImage }: FailedUp): string {
  const said = plainWords(words)
  if (!hasImage) return `${image} is not on this engine and cannot be pulled: ${said}`
  const allocated = /Bind for \S*?:(\d+) failed: port is already allocated/.exec(words)?.[1]
  if (allocated !== undefined)
    return `port ${allocated} is taken by another container: stop that (\`docker ps --filter publish=${allocated}\` shows it), or publish another port`
  const inUse = /listen (?:tcp|udp)\d? \S*?:(\d+): bind: address already in use/.exec(words)?.[1]
  if (inUse !== undefined)
    return `port ${inUse} is taken by another program of the engine's machine: end that, or publish another port`
  return said
}

/** Without the names of those who have only handed it on. */
function plainWords(words: string): string {
  return words
    .replaceAll(/^Error response from daemon: /gm, '')
    .replace(/^.*(?:runc create failed|unable to start container process): /m, '')
    .replaceAll(/: unknown$/gm, '')
}
