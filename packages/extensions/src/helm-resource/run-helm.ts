import type { ExecOptions, StepContext } from '@tiltts/config'

/**
 * Runs helm.
 *
 * @returns What it has printed.
 * @throws What helm said last, and what can be done when an earlier helm was killed in the middle.
 */
export async function runHelm(
  exec: StepContext['exec'],
  words: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await exec(['helm', ...words], { ...options, allowFailure: true })
  if (exitCode === 0) return stdout
  const said =
    /^Error: (.*)/ms
      .exec(stderr)?.[1]
      ?.trim()
      .replaceAll(/\s*\n\s*/g, ' ') ?? `exit code ${exitCode}`
  throw new Error(said.includes('another operation') ? `${said}. ${unlock}` : said)
}

const unlock =
  'If none is, an earlier one was ended before it could say so: `helm rollback` takes the release back to its last revision, `helm uninstall` removes it'
