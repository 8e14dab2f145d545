import type { ComposeProjectRef } from '@tiltts/spec'
import { inlineFile } from './inline-file.js'

/** Which project is meant, as Compose takes it in front of a command. */
export async function projectArgv(ref: ComposeProjectRef): Promise<readonly string[]> {
  const inline = ref.inline === undefined ? [] : [await inlineFile(ref.inline)]
  return [
    ...(ref.name === undefined ? [] : ['--project-name', ref.name]),
    '--project-directory',
    ref.dir,
    ...(ref.envFile === undefined ? [] : ['--env-file', ref.envFile]),
    ...[...ref.files, ...inline].flatMap((file) => ['--file', file]),
    ...(ref.profiles ?? []).flatMap((profile) => ['--profile', profile]),
  ]
}

/** Profiles that are given stand for themselves: none given are none, whatever COMPOSE_PROFILES says. */
export function projectEnv(
  ref: ComposeProjectRef,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return ref.profiles === undefined ? env : { ...env, COMPOSE_PROFILES: '' }
}
