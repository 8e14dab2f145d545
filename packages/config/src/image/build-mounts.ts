import { existsSync } from 'node:fs'
import type { Call } from '../call/call.js'

/**
 * What `RUN --mount=type=secret` may ask for: `id=name,src=path` or `id=name,env=NAME`. An id alone is a variable of
 * that name or, without one, a file.
 *
 * @returns The same with absolute paths.
 */
export function secretMounts(call: Call, subject: string, given: readonly string[]): readonly string[] {
  return given.flatMap((text) => {
    const fields = fieldsOf(text)
    const id = fields?.get('id')
    if (fields === undefined || id === undefined || id === '') {
      call.error(
        'config/invalid-option',
        `${subject}: '${text}' is no secret`,
        "Write: 'id=name,src=path', or 'id=name,env=NAME'",
      )
      return []
    }
    const { file, variable } = sourceOf(fields, id)
    return [variable === undefined ? `id=${id},src=${call.path(file)}` : `id=${id},env=${variable}`]
  })
}

const keys: Readonly<Record<string, string>> = { id: 'id', src: 'src', source: 'src', env: 'env', type: 'type' }

/** `key=value` parted by commas; `undefined` when that is not what it is. */
function fieldsOf(text: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>()
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    const key = keys[field.slice(0, Math.max(equals, 0)).toLowerCase()]
    if (key === undefined) return undefined
    fields.set(key, field.slice(equals + 1))
  }
  const type = fields.get('type')
  return type === undefined || type === 'file' || type === 'env' ? fields : undefined
}

function sourceOf(
  fields: ReadonlyMap<string, string>,
  id: string,
): { readonly file: string; readonly variable: string | undefined } {
  const [file, variable] = [fields.get('src'), fields.get('env')]
  if (fields.get('type') === 'env') return { file: '', variable: variable ?? file ?? id }
  if (file !== undefined || variable !== undefined) return { file: file ?? '', variable }
  const isFile = fields.get('type') === 'file' || process.env[id] === undefined
  return isFile ? { file: id, variable: undefined } : { file: '', variable: id }
}

/**
 * What `RUN --mount=type=ssh` may use: `default` is the agent of SSH_AUTH_SOCK, `id=path,path` are sockets or keys.
 *
 * @returns The same with absolute paths.
 */
export function sshMounts(call: Call, subject: string, given: readonly string[]): readonly string[] {
  return given.map((text) => {
    const equals = text.indexOf('=')
    if (equals < 0) return text
    const paths = text
      .slice(equals + 1)
      .split(',')
      .map((path) => call.path(path))
    for (const path of paths.filter((one) => !existsSync(one))) {
      call.warning('config/invalid-option', `${subject}: there is no ${path}, which ssh names`)
    }
    return `${text.slice(0, equals)}=${paths.join(',')}`
  })
}
