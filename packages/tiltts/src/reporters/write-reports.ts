import { appendFile } from 'node:fs/promises'
import type { Session } from '@tiltts/runtime'
import type { ReportChoice } from './choice.js'
import { type CiEnd, ciRunOf } from './ci-run.js'
import { githubAnnotations } from './github-annotations.js'
import { githubSummary } from './github-summary.js'
import { ciJson } from './json.js'
import { junitXml } from './junit.js'
import { writeLogFiles } from './log-files.js'
import { scrubbedRun } from './scrubbed-run.js'
import { tried } from './tried.js'
import { writeSnapshot } from './write-snapshot.js'
import { writeWhole } from './write-whole.js'

/** What came of the reports. */
export interface Reported {
  /** Workflow commands that are to be printed, each on a line of its own. */
  readonly annotations: string
  /** What could not be written, and why: a sentence each. */
  readonly problems: readonly string[]
}

/** Writes all reports that were asked for. One that cannot be written does not keep the others from being written. */
export async function writeReports(
  session: Pick<Session, 'store' | 'logs'>,
  end: CiEnd,
  choice: ReportChoice,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Reported> {
  const run = scrubbedRun(ciRunOf(session, end), session.logs.scrub)
  const folder = process.cwd()
  const names = run.resources.map(({ name }) => name)
  const { logDir, snapshot } = choice
  const summary = choice.github ? env['GITHUB_STEP_SUMMARY'] : undefined
  const problems = await Promise.all([
    ...choice.junit.map((path) => tried('JUnit report', path, () => writeWhole(path, junitXml(run, folder)))),
    ...choice.json.map((path) => tried('JSON report', path, () => writeWhole(path, ciJson(run, folder)))),
    // The file belongs to the step: what commands before this one have written there stays.
    ...(summary ? [tried('job summary', summary, () => appendFile(summary, githubSummary(run)))] : []),
    ...(logDir === undefined ? [] : [tried('logs', logDir, () => writeLogFiles(logDir, session.logs, names))]),
    ...(snapshot === undefined ? [] : [tried('snapshot', snapshot, () => writeSnapshot(snapshot, session))]),
  ])
  return {
    annotations: choice.github ? githubAnnotations(run, env['GITHUB_WORKSPACE'] || folder) : '',
    problems: problems.flatMap((problem) => problem ?? []),
  }
}
