import type { Call } from './call.js'

/** Warns of paths that are meant as patterns. */
export function warnOfPatterns(
  call: Call,
  subject: string,
  option: string,
  paths: readonly string[],
  hint = 'Name the folder',
): void {
  for (const path of paths.filter((one) => one.includes('*'))) {
    call.warning(
      'config/invalid-option',
      `${subject}: ${option} are paths, so the * in '${path}' stands for itself`,
      hint,
    )
  }
}

/** Absolute paths, by the folder of the call. */
export function absolutePaths(call: Call, paths: readonly string[]): readonly string[] {
  return paths.map((path) => call.path(path))
}
