import { ApiFailure, type Client, pathOf } from '@tiltts/client'
import { type Command, exitCode } from '../cli/command.js'
import { choiceFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { editorOf, editText } from '../editor/edit-text.js'
import { type ApiDocument, isObject } from '../objects/api-document.js'
import { sayRefusal } from '../objects/each-object.js'
import { type NamedObject, objectsNamed, qualifiedName } from '../objects/kind-name.js'
import { mergePatchBetween } from '../objects/merge-patch.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

const editors: readonly string[] = ['KUBE_EDITOR', 'TILT_EDITOR', 'EDITOR']

export const command: Command = {
  usage: '<type> <name…> | <type>/<name>…',
  summary: 'change objects of the session in your editor',
  details: `The editor is that of ${editors.join(', ')}, else the system's.`,
  flags: {
    ...sessionFlags,
    output: { type: 'string', short: 'o', value: '<form>', help: 'edit as: yaml (the default), json' },
  },
  async run(invocation) {
    const form = choiceFlag(invocation, 'output', ['yaml', 'json']) ?? 'yaml'
    const { objects } = objectsNamed(invocation.words)
    if (objects.length === 0) throw new UsageError('must specify a type and a name')
    const editor = editorOf(editors)
    if (!process.stdin.isTTY && editors.every((name) => !process.env[name]))
      throw new UsageError('edit needs a terminal, or an editor that does without', `Name one with ${editors[0]}`)
    return withSession(invocation, async (client) => {
      let code: number = exitCode.ok
      for (const object of objects) code = Math.max(code, await edit(client, object, editor, form))
      return code
    })
  },
}

const header = `# Please edit the object below. Lines beginning with a '#' are passed over,
# and an empty file cancels the edit.
#
`

async function edit(client: Client, object: NamedObject, editor: string, form: 'yaml' | 'json'): Promise<number> {
  const { info, name } = object
  const { parse, stringify } = await import('../objects/yaml.js')
  const path = pathOf(info.kind, name)
  let before: ApiDocument
  try {
    before = await client.call<ApiDocument>({ method: 'GET', path })
  } catch (error) {
    if (error instanceof ApiFailure) return sayRefusal(error)
    throw error
  }
  const { managedFields: _managed, ...metadata } = before.metadata
  const shown = { ...before, metadata }
  const text = form === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : header + stringify(shown)
  const edited = await editText(editor, `${info.kind.toLowerCase()}.${form}`, text)
  const keep = (why: string): number => {
    process.stderr.write(`${why}\nA copy of your changes has been stored to "${edited.file}"\n`)
    return exitCode.failed
  }
  let after: unknown
  try {
    after = parse(edited.text)
  } catch (error) {
    return keep(`error: The edited file failed to parse: ${(error as Error).message}`)
  }
  const isEmpty = after === null || after === undefined
  if (!isEmpty && !isObject(after)) return keep('error: The edited file is no object')
  const patch = isObject(after) ? mergePatchBetween(shown, after) : {}
  if (isEmpty || Object.keys(patch).length === 0) {
    edited.discard()
    process.stdout.write('Edit cancelled, no changes made.\n')
    return exitCode.ok
  }
  try {
    await client.call({
      method: 'PATCH',
      path: `${path}?fieldManager=kubectl-edit`,
      contentType: 'application/merge-patch+json',
      body: patch,
    })
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    sayRefusal(error)
    return keep(`error: ${info.plural}.tilt.dev "${name}" was not changed`)
  }
  edited.discard()
  process.stdout.write(`${qualifiedName(info, name)} edited\n`)
  return exitCode.ok
}
