import { type Command, exitCode } from '../cli/command.js'
import { choiceFlag, listFlag, textFlag } from '../cli/parse.js'
import { reporting } from '../reading/failures.js'
import { createTabWriter, tableLayout } from '../reading/tab-writer.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

interface ApiResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
}

export const command: Command = {
  usage: '',
  summary: 'list the types of objects',
  flags: {
    ...sessionFlags,
    'api-group': { type: 'string', value: '<group>', help: 'only those of this group; there is tilt.dev alone' },
    namespaced: {
      type: 'boolean',
      help: 'only those in namespaces (=false: only the others); nothing of a session is in one',
    },
    verbs: { type: 'string', multiple: true, value: '<verbs>', help: 'only those that can be: get, list, create, …' },
    'sort-by': { type: 'string', value: '<field>', help: 'name or kind' },
    cached: { type: 'boolean', help: 'nothing: the session is asked each time' },
    'no-headers': { type: 'boolean', help: 'no head above columns' },
    output: { type: 'string', short: 'o', value: '<form>', help: 'wide, name or json' },
  },
  async run(invocation) {
    const output = choiceFlag({ ...invocation, flags: withoutSign(invocation.flags) }, 'output', [
      'wide',
      'name',
      'json',
    ])
    const by = choiceFlag(invocation, 'sort-by', ['name', 'kind'])
    const verbs = listFlag(invocation, 'verbs')
    const group = textFlag(invocation, 'api-group')
    const { flags } = invocation
    return withSession(invocation, (client) =>
      reporting(async () => {
        const { resources } = (await client.read('/apis/tilt.dev/v1alpha1')) as { resources: readonly ApiResource[] }
        const key = by === 'kind' ? 'kind' : 'name'
        const rows = resources
          .filter(({ name }) => !name.includes('/'))
          .filter(() => group === undefined || group === 'tilt.dev')
          .filter(({ namespaced }) => flags['namespaced'] === undefined || flags['namespaced'] === namespaced)
          .filter((row) => verbs.every((verb) => row.verbs.includes(verb)))
          .toSorted((a, b) => (a[key] < b[key] ? -1 : 1))
        process.stdout.write(textOf(rows, output, flags['no-headers'] !== true))
        return exitCode.ok
      }),
    )
  },
}

function withoutSign<T extends Readonly<Record<string, unknown>>>(flags: T): T {
  const { output } = flags
  return typeof output === 'string' ? { ...flags, output: output.replace(/^=/, '') } : flags
}

function textOf(rows: readonly ApiResource[], output: 'wide' | 'name' | 'json' | undefined, headed: boolean): string {
  if (output === 'json') return `${JSON.stringify(rows, undefined, 2)}\n`
  if (output === 'name') return rows.map(({ name }) => `${name}.tilt.dev\n`).join('')
  const wide = output === 'wide'
  const head = `NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? '\tVERBS\tCATEGORIES' : ''}`
  const lines = rows.map(({ name, shortNames, namespaced, kind, verbs }) => {
    const cells = [name, (shortNames ?? []).join(','), 'tilt.dev/v1alpha1', String(namespaced), kind]
    return [...cells, ...(wide ? [verbs.join(','), ''] : [])].join('\t')
  })
  return createTabWriter(tableLayout).layOut(headed ? [head, ...lines] : lines)
}
