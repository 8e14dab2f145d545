import { type Command, exitCode } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { explain } from '../reading/explain.js'
import { reporting } from '../reading/failures.js'
import { kindOfWord } from '../reading/kinds.js'
import type { OpenApiDocument } from '../reading/schema.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

const version = 'tilt.dev/v1alpha1'

export const command: Command = {
  usage: '<type>[.<field>…]',
  summary: 'explain the fields of a type of objects',
  details: 'For example: tiltts explain uiresource.status.disableStatus',
  flags: {
    ...sessionFlags,
    recursive: { type: 'boolean', short: 'R', help: 'all fields within fields, by their names' },
    'api-version': { type: 'string', value: '<version>', help: `there is ${version} alone` },
  },
  async run(invocation) {
    const [word, ...more] = invocation.words
    if (word === undefined || more.length > 0)
      throw new UsageError('explain takes one type', 'For example: tiltts explain uiresource.status')
    const asked = textFlag(invocation, 'api-version')
    if (asked !== undefined && asked !== version) throw new UsageError(`there is no version ${asked}, but ${version}`)
    const { type, path } = typeAndPath(word)
    const info = kindOfWord(type)
    return withSession(invocation, (client) =>
      reporting(async () => {
        const document = (await client.read(`/openapi/v3/apis/${version}`)) as OpenApiDocument
        const recursive = invocation.flags['recursive'] === true
        process.stdout.write(explain(document, info, { path, recursive }))
        return exitCode.ok
      }),
    )
  },
}

/** `uiresources.tilt.dev` has a group behind it, not fields. */
function typeAndPath(word: string): { readonly type: string; readonly path: readonly string[] } {
  const [, type = '', fields = ''] = /^([^.]*)(?:\.(?:v1alpha1\.)?tilt\.dev)?(.*)$/.exec(word) ?? []
  return { type, path: fields.split('.').filter((name) => name !== '') }
}
