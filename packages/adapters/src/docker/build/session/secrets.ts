import { readFile } from 'node:fs/promises'
import { isGone } from '../../../files/system-error.js'
import { GrpcError, type GrpcMethod, grpcStatus, unary } from '../wire/grpc-server.js'
import { protoWriter, readProto } from '../wire/protobuf.js'

/** Where a secret is that steps of a build may ask for. */
export type SecretSource =
  | { readonly id: string; readonly file: string }
  | { readonly id: string; readonly variable: string }

/** The builder takes no larger ones. */
const mostBytes = 500 * 1024

/**
 * Reads what `docker build --secret` takes: `id=name,src=path`, `id=name,env=NAME`, `id=NAME` (a variable of that name if there
 * is one, else a file), each with `type=file` or `type=env`.
 *
 * @throws Error which says what is wrong with it
 */
export function parseSecret(text: string, env: Readonly<Record<string, string>>): SecretSource {
  const given = new Map<string, string>()
  for (const field of commaSeparated(text)) {
    const [key, value] = field.split(/=(.*)/s)
    const name = aliases.get(key?.trim().toLowerCase() ?? '')
    if (name === undefined || value === undefined)
      throw new Error(
        `"${field}" in the secret "${text}" is not understood; write id=NAME,src=PATH or id=NAME,env=VARIABLE`,
      )
    given.set(name, value)
  }
  const [id, type] = [given.get('id'), given.get('type')]
  if (id === undefined || id === '') throw new Error(`the secret "${text}" has no id; write id=NAME,src=PATH`)
  if (type !== undefined && type !== 'file' && type !== 'env')
    throw new Error(`the secret "${text}" has the type "${type}"; there are file and env`)
  const [src, variable] = [given.get('src'), given.get('env')]
  if (variable !== undefined) return { id, variable }
  if (type === 'env') return { id, variable: src ?? id }
  if (src !== undefined) return { id, file: src }
  return env[id] === undefined && type === undefined
    ? { id, file: id }
    : type === 'file'
      ? { id, file: id }
      : { id, variable: id }
}

const aliases: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['type', 'type'],
  ['src', 'src'],
  ['source', 'src'],
  ['env', 'env'],
])

/** Fields as CSV has them: one in quotes may hold commas. */
function commaSeparated(text: string): readonly string[] {
  const fields = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? []
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field))
}

/** Why a secret cannot be given; `undefined`: it is there. */
export async function secretProblem(
  source: SecretSource,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  try {
    const value = await readSecret(source, env)
    if (value === undefined) return `the secret "${source.id}" is not there: ${placeOf(source)}`
    if (value.length > mostBytes)
      return `the secret "${source.id}" is too large: ${placeOf(source)} has ${value.length} bytes, a builder takes ${mostBytes}`
    return undefined
  } catch (error) {
    return `the secret "${source.id}" cannot be read: ${(error as Error).message}`
  }
}

function placeOf(source: SecretSource): string {
  return 'file' in source ? source.file : `the environment variable ${source.variable}`
}

/** `undefined`: there is none. */
async function readSecret(source: SecretSource, env: Readonly<Record<string, string>>): Promise<Buffer | undefined> {
  if ('variable' in source) {
    const value = env[source.variable]
    return value === undefined ? undefined : Buffer.from(value)
  }
  try {
    return await readFile(source.file)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Gives secrets to the steps that ask for them. They are read then, and kept nowhere. */
export function getSecret(sources: readonly SecretSource[], env: Readonly<Record<string, string>>): GrpcMethod {
  return unary(async (message) => {
    const id = readProto(message).text(1)
    const source = sources.find((one) => one.id === id)
    const value = source && (await readSecret(source, env))
    if (value === undefined) throw new GrpcError(grpcStatus.notFound, `secret ${id} not found`)
    const answer = protoWriter()
    answer.bytes(1, value)
    return answer.finish()
  })
}
