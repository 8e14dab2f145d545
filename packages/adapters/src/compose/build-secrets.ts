import { isAbsolute } from 'node:path'
import type { BuildJson, SecretJson } from './compose-json.js'

/** What builds can be given as secrets. */
export interface SecretSources {
  readonly declared: Readonly<Record<string, SecretJson>>
  /** The environment of Compose. */
  readonly env: Readonly<Record<string, string>>
  /** The texts of the files that variables come from, too. */
  readonly envFiles: readonly string[]
}

export interface BuildSecrets {
  /** Absolute paths. */
  readonly files: readonly string[]
  /** What decides the values of the others. */
  readonly values: readonly string[]
  /** Whether it is known of each where it comes from. */
  readonly known: boolean
}

/** Where the secrets of a build come from. */
export function buildSecrets({ secrets }: BuildJson, sources: SecretSources): BuildSecrets {
  const files: string[] = []
  const values: string[] = []
  let known = true
  for (const { source = '' } of secrets ?? []) {
    const { file, environment: variable } = sources.declared[source] ?? {}
    if (file !== undefined && isAbsolute(file)) files.push(file)
    else if (variable !== undefined) values.push(...textsBehind(variable, sources))
    else known = false
    // What is read from a file of variables may be made of others.
    if (variable !== undefined && sources.env[variable] === undefined)
      known &&= !sources.envFiles.some((text) => text.includes('$'))
  }
  return { files, values, known }
}

/** Of a variable that the environment does not have, the whole files that may tell it stand for its value. */
function textsBehind(name: string, { env, envFiles }: SecretSources): readonly string[] {
  const value = env[name]
  return value === undefined ? envFiles : [value]
}
