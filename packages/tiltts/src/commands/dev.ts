import { dirname } from 'node:path'
import type { Session } from '@tiltts/runtime'
import { type Command, exitCode, type Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { configFile } from '../engine/config-file.js'
import { hostSession, type SessionEnd } from '../engine/host-session.js'
import { writeNames } from '../names/write-names.js'
import { snapshotFlag, snapshotPath } from '../reporters/choice.js'
import { tried } from '../reporters/tried.js'
import { writeSnapshot } from '../reporters/write-snapshot.js'
import { openLiveView } from '../terminal/live-view.js'
import { offerStarter } from '../terminal/offer-starter.js'
import { openBrowser } from '../terminal/open-browser.js'
import { shortDuration } from '../terminal/row.js'
import { logChoice, streamLogs } from '../terminal/stream-logs.js'
import { onAllReady } from '../terminal/summary-line.js'
import { engineFlags } from './engine-flags.js'

export const command: Command = {
  usage: '[names…] [-- args…]',
  summary: 'start everything, and keep it up to date',
  details:
    'Evaluates the config, starts its resources in order, and updates them when files change, until Ctrl-C or q.\nOn a terminal a live view is shown; elsewhere, or with --stream, the logs are printed.',
  flags: {
    ...engineFlags,
    legacy: { type: 'boolean', help: 'the live view, also where --stream is given' },
    stream: { type: 'boolean', help: 'print logs also on a terminal' },
    'disable-port-forwards': { type: 'boolean', help: 'open no local ports that lead to pods' },
    ...snapshotFlag,
  },
  run,
}

async function run(invocation: Invocation): Promise<number> {
  const started = Date.now()
  const choice = logChoice(invocation)
  const snapshot = snapshotPath(invocation)
  const hasTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true
  if (hasTerminal && (await offerStarter(configFile(textFlag(invocation, 'file'), process.cwd()))) === 'leave')
    return exitCode.ok
  const hosted = await hostSession('dev', invocation, {
    portForwards: invocation.flags['disable-port-forwards'] !== true,
    onNames: (mainPath, names) => writeNames(dirname(mainPath), names, { reset: false }),
  })
  const { session, title, url } = hosted
  if (snapshot !== undefined) {
    hosted.onStopped(async () => {
      const problem = await tried('snapshot', snapshot, () => writeSnapshot(snapshot, session))
      if (problem !== undefined) process.stderr.write(`Error: ${problem}\n`)
    })
  }
  const live =
    hasTerminal && !choice.json && (invocation.flags['stream'] !== true || invocation.flags['legacy'] === true)
  if (live) {
    const { close } = openLiveView({
      session,
      title,
      input: process.stdin,
      output: process.stdout,
      onOpen: (link = url) => openBrowser(link),
      onQuit: () => hosted.end(exitCode.ok),
      onInterrupt: hosted.interrupt,
    })
    hosted.onStopping(close)
    return endOf(session, await hosted.run())
  }
  if (!choice.json) process.stdout.write(`${title}\n`)
  const logs = streamLogs(session, choice)
  if (!choice.json) {
    onAllReady(session.store, (total) => {
      logs.flush()
      const all = total === 1 ? '1 resource is ready' : `All ${total} resources are ready`
      process.stdout.write(`${all} (${shortDuration(Date.now() - started)})\n`)
    })
  }
  const result = await hosted.run()
  logs.end()
  return endOf(session, result)
}

function endOf({ logs }: Session, { code, outcome }: SessionEnd): number {
  if (outcome !== undefined && outcome.reason !== '') process.stderr.write(`Error: ${logs.scrub(outcome.reason)}\n`)
  return code
}
