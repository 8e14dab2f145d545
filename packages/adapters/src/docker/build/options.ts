import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { EngineFacts } from '../connection.js'

/** The part of the query of `POST /build` that all builders of the engine understand. */
export function buildQuery(
  request: ImageBuildRequest,
  env: Readonly<Record<string, string>>,
  flavour: EngineFacts['flavour'],
  more: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(more)
  for (const tag of request.tags) query.append('t', tag)
  if (flavour === 'docker') for (const host of request.extraHosts) query.append('extrahosts', host)
  else if (request.extraHosts.length > 0) query.set('extrahosts', JSON.stringify(request.extraHosts))
  query.set('buildargs', JSON.stringify(givenBuildArgs(request.buildArgs, env)))
  query.set('labels', JSON.stringify(request.labels))
  if (request.cacheFrom.length > 0) query.set('cachefrom', JSON.stringify(request.cacheFrom))
  if (request.target !== undefined) query.set('target', request.target)
  if (request.platform !== undefined) query.set('platform', request.platform)
  if (request.network !== undefined) query.set('networkmode', request.network)
  if (request.pull) query.set('pull', '1')
  if (request.noCache) query.set('nocache', '1')
  query.set('rm', '1')
  query.set('forcerm', '1')
  return query.toString()
}

/** An empty value is taken from the environment; without one there the argument keeps its default. */
export function givenBuildArgs(
  args: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given: Record<string, string> = {}
  for (const [name, written] of Object.entries(args)) {
    const value = written === '' ? env[name] : written
    if (value !== undefined) given[name] = value
  }
  return given
}
