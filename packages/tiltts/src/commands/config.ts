import { type Command, exitCode } from '../cli/command.js'
import { configDocument } from '../config/config-document.js'
import { evaluateOnce } from '../engine/evaluate-once.js'
import { clusterFlags, evaluationFlags } from '../engine/invoked-ports.js'
import { createTabWriter, tableLayout } from '../reading/tab-writer.js'

export const command: Command = {
  usage: '[names…] [-- args…]',
  summary: 'evaluate the config and print what it declares',
  details:
    'Nothing is started, built or deployed. With --json: { config, resources: [{ name, type, labels, enabled, autoInit, triggerMode, dependsOn: [{ name, edge }], images, links: [{ url, name }], place }], images: [{ ref, dependsOn, deployedBy }], files, context, diagnostics: [{ severity, code, message, place }] }, also when something is wrong with it; a place is { file, line, column } or null. Fields are only ever added.',
  flags: {
    ...evaluationFlags,
    ...clusterFlags,
    json: { type: 'boolean', help: 'print JSON' },
    'no-headers': { type: 'boolean', help: 'no head above columns' },
  },
  async run(invocation) {
    const evaluated = await evaluateOnce(invocation)
    const document = configDocument(evaluated)
    const code = evaluated.linked === undefined ? exitCode.usage : exitCode.ok
    if (invocation.flags['json'] === true) {
      process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
      return code
    }
    const rows = document.resources.map(({ name, type, enabled, dependsOn, labels }) =>
      [name, type, enabled, dependsOn.map((edge) => edge.name).join(','), labels.join(',')].join('\t'),
    )
    const head = invocation.flags['no-headers'] === true ? [] : ['NAME\tTYPE\tENABLED\tDEPENDS-ON\tLABELS']
    if (evaluated.linked !== undefined) process.stdout.write(createTabWriter(tableLayout).layOut([...head, ...rows]))
    return code
  },
}
