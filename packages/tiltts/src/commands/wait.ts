import type { Command, Invocation } from '../cli/command.js'
import { parseDuration, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { fileFlags } from '../objects/file-flags.js'
import { readCondition } from '../reading/conditions.js'
import { reporting } from '../reading/failures.js'
import { fileTargets } from '../reading/file-targets.js'
import { isSelecting, readSelection, selectorFlags } from '../reading/get-options.js'
import { readOutput } from '../reading/output.js'
import { readTargets, type Target } from '../reading/targets.js'
import { type WaitOptions, waitForAll } from '../reading/wait.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<type> <name…> | <type>/<name>… | <type> (--all | -l <selector>) --for <condition>',
  summary: 'wait until objects of the running session are so',
  details: `Waits until every object is so, or the time is over (exit code 1). Conditions:

  create, delete                        it is there, it is gone
  condition=Ready, condition=Ready=False  of its status.conditions
  jsonpath='{.status.updateStatus}'=ok    what a path finds; without a value: that it finds anything
  settled                               of a uiresource: nothing is queued, building or pending, and it is ready;
                                        without a type: of all. A failed update ends the wait at once

Ready looks at what runs: it stays true while an update runs and after one failed, if the old pods are fine.
UpToDate says that the last update succeeded and none waits; settled is both.`,
  flags: {
    ...sessionFlags,
    for: { type: 'string', value: '<condition>', help: 'what to wait for' },
    timeout: { type: 'string', value: '<duration>', help: 'how long (default 30s); 0: look once; negative: a week' },
    all: { type: 'boolean', help: 'all objects of the type' },
    ...selectorFlags,
    'field-selector': { type: 'string', value: '<selector>', help: 'only those with these fields' },
    ...fileFlags,
    output: {
      type: 'string',
      short: 'o',
      value: '<form>',
      help: 'print each object that is so: json, yaml, name, jsonpath=…',
    },
  },
  async run(invocation) {
    const options = await readOptions(invocation)
    return withSession(invocation, (client) => reporting(() => waitForAll(client, options)))
  },
}

async function readOptions(invocation: Invocation): Promise<WaitOptions> {
  const wanted = textFlag(invocation, 'for')
  if (wanted === undefined || wanted === '')
    throw new UsageError('wait needs --for', 'For example: tiltts wait --for=condition=Ready uiresource/api')
  return {
    targets: await targetsOf(invocation, wanted),
    selection: readSelection(invocation),
    condition: readCondition(wanted),
    timeoutMs: timeoutOf(invocation),
    output: readOutput(invocation),
  }
}

async function targetsOf(invocation: Invocation, wanted: string): Promise<readonly Target[]> {
  const files = await fileTargets(invocation)
  if (files !== undefined) return files.targets
  const words = [...invocation.words, ...invocation.rest]
  const selected = invocation.flags['all'] === true || isSelecting(readSelection(invocation))
  if (words.length === 0 && wanted === 'settled') return readTargets(['uiresources']).targets
  const { targets } = readTargets(words, { selected })
  if (selected || targets.every(({ name }) => name !== undefined)) return targets
  throw new UsageError(
    'resource(s) were provided, but no name was specified',
    'Name objects, or say --all or -l <selector>',
  )
}

const weekMs = 7 * 24 * 3_600_000

function timeoutOf(invocation: Invocation): number {
  const text = textFlag(invocation, 'timeout')
  if (text === undefined) return 30_000
  const ms = parseDuration(text.replace(/^-/, ''))
  if (ms === undefined) throw new UsageError(`--timeout takes a duration such as 30s, 5m or 1h30m, not '${text}'`)
  return text.startsWith('-') ? weekMs : ms
}
