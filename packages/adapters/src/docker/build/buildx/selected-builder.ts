import { join } from 'node:path'
import { configFolder, readJson } from '../../connection/config-folder.js'

/** A builder that is not in the engine. */
export interface SelectedBuilder {
  readonly name: string
  /** `remote`, `docker-container`, `kubernetes`; absent when buildx has not written of it. */
  readonly driver: string | undefined
}

interface Current {
  /** The engine, or the context, that the choice is for. */
  readonly Key?: string
  readonly Name?: string
  readonly Global?: boolean
}

/**
 * The builder that `BUILDX_BUILDER` names, or that `docker buildx use` has selected for an engine; `undefined` when that is the
 * engine itself. Read from buildx's files: asking the command takes longer than most builds.
 */
export async function selectedBuilder(
  host: string,
  env: Readonly<Record<string, string>>,
): Promise<SelectedBuilder | undefined> {
  const folder = env['BUILDX_CONFIG'] || join(configFolder(env), 'buildx')
  const name = env['BUILDX_BUILDER'] || (await usedBuilder(folder, host, env))
  if (name === undefined || name === '' || name === 'default') return undefined
  const instance = await readJson<{ readonly Driver?: string }>(join(folder, 'instances', name))
  return instance?.Driver === 'docker' ? undefined : { name, driver: instance?.Driver }
}

async function usedBuilder(
  folder: string,
  host: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const current = await readJson<Current>(join(folder, 'current'))
  if (!current?.Name) return undefined
  const config = await readJson<{ readonly currentContext?: string }>(join(configFolder(env), 'config.json'))
  const context = env['DOCKER_HOST'] ? undefined : env['DOCKER_CONTEXT'] || config?.currentContext
  const meant = current.Global === true || current.Key === host || (context !== undefined && current.Key === context)
  return meant ? current.Name : undefined
}
