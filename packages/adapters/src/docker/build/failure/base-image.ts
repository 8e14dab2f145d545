import { type ImageRef, parseImageRef, readDockerfile } from '@tiltts/core/images'
import type { Explanation, Failure } from './explain.js'

/** An image that the Dockerfile builds upon and that cannot be had. */
export function explainBaseImage({ request, error, step }: Failure): Explanation | undefined {
  const [, syntax] = /resolve image config for docker-image:\/\/(\S+)/.exec(step?.name ?? '') ?? []
  if (syntax !== undefined) {
    const message = `the frontend ${syntax}, which the line "# syntax=" names, cannot be had: ${wordsOf(error, step?.error)}`
    return { message, line: 1, hint: 'Remove the line to build with what the engine has by itself.' }
  }
  const [, ref] =
    /load metadata for (\S+)/.exec(step?.name ?? '') ??
    /failed to resolve source metadata for (\S+):/.exec(error) ??
    // Podman
    /initializing source docker:\/\/(\S+?):(?= )/.exec(error) ??
    /pull access denied for (\S+?),/.exec(error) ??
    /manifest for (\S+) not found/.exec(error) ??
    []
  if (ref === undefined) return undefined
  const wanted = parseImageRef(ref)
  const reading = readDockerfile(request.dockerfile, { buildArgs: request.buildArgs, platform: request.platform })
  const found = reading.images.find((image) => isSame(parseImageRef(image.ref), wanted))
  const words = wordsOf(error, step?.error)
  const denied = /denied|unauthori[sz]ed|authorization|401|403/i.test(words)
  const hint = denied
    ? `Log in to its registry: docker login ${registryOf(wanted)}`.trimEnd()
    : 'Check its name, or declare it with dockerBuild if it is one of yours.'
  const message = `the image ${found?.ref ?? ref} cannot be had: ${words}`
  return { message, line: found?.line, column: found?.column, hint }
}

function wordsOf(error: string, stepError: string | undefined): string {
  return (stepError || error).replace(
    /^.*(failed to resolve source metadata for|initializing source docker:\/\/\S+: reading manifest \S+ in) \S+: /s,
    '',
  )
}

function isSame(left: ImageRef | undefined, right: ImageRef | undefined): boolean {
  if (left === undefined || right === undefined || left.canonical !== right.canonical) return false
  return (
    (left.tag ?? 'latest') === (right.tag ?? 'latest') || (left.digest !== undefined && left.digest === right.digest)
  )
}

function registryOf(ref: ImageRef | undefined): string {
  const host = ref?.canonical.split('/')[0] ?? ''
  return host === 'docker.io' ? '' : host
}
