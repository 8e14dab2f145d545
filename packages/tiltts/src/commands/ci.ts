import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { durationFlag } from '../cli/parse.js'
import { hostSession } from '../engine/host-session.js'
import { reportChoice, reportFlags } from '../reporters/choice.js'
import { type Reported, writeReports } from '../reporters/write-reports.js'
import { ciReportText } from '../terminal/ci-report.js'
import { reportProgress } from '../terminal/progress.js'
import { showDiagnostics } from '../terminal/show-error.js'
import { logChoice, streamLogs } from '../terminal/stream-logs.js'
import { engineFlags } from './engine-flags.js'

export const command: Command = {
  usage: '[names…] [-- args…]',
  summary: 'start everything once; exit 0 when all is ready',
  details:
    'Exit codes: 0 all is ready · 1 a resource failed or timed out · 2 the config is wrong · 130 interrupted.\nA report that cannot be written makes 1 of 0.',
  flags: {
    ...engineFlags,
    timeout: {
      type: 'string',
      value: '<duration>',
      help: 'fail after this time (default: 30m, 0: never; ciSettings wins)',
    },
    'no-cache': { type: 'boolean', help: 'build all images, whatever earlier sessions have built' },
    ...reportFlags,
  },
  run,
}

async function run(invocation: Invocation): Promise<number> {
  const choice = logChoice(invocation)
  const reports = reportChoice(invocation)
  const hosted = await hostSession('ci', invocation, {
    ciTimeoutMs: durationFlag(invocation, 'timeout'),
    useRecords: invocation.flags['no-cache'] !== true,
  })
  const { session } = hosted
  const logs = streamLogs(session, choice)
  const stopProgress = choice.json ? () => {} : reportProgress(session)
  // Stopping takes its time, too, which is no part of the run.
  let finishedAt = Date.now()
  hosted.onStopping(() => {
    finishedAt = Date.now()
  })
  let reported: Reported = { annotations: '', problems: [] }
  hosted.onStopped(async ({ code, outcome }) => {
    reported = await writeReports(session, { outcome, exitCode: code, finishedAt }, reports)
  })
  const { code, outcome } = await hosted.run()
  stopProgress()
  logs.end()
  // The verdict belongs to people: with --json stdout holds log lines only.
  const report = ciReportText(session, outcome, finishedAt) + reported.annotations
  if (choice.json) process.stderr.write(report)
  else process.stdout.write(report)
  // What is wrong with the config was said in the log, but for --json, where the log is for programs.
  if (outcome?.exitCode === exitCode.usage) {
    if (choice.json) showDiagnostics(outcome.diagnostics)
  } else if (outcome !== undefined && outcome.reason !== '')
    process.stderr.write(`Error: ${session.logs.scrub(outcome.reason)}\n`)
  for (const problem of reported.problems) process.stderr.write(`Error: ${problem}\n`)
  return code === exitCode.ok && reported.problems.length > 0 ? exitCode.failed : code
}
