import { defineConfig } from './define-config.js'
import { dotenv } from './dotenv.js'
import { decodeYaml } from './encoding.js'
import { env } from './env.js'
import { type ExecResult, exec } from './exec.js'
import { from } from './from.js'
import { include } from './include.js'
import type { localResource } from './local-resource.js'
import { fail } from './messages.js'
import { type listDir, readFile, readJson, readYaml, readYamlStream } from './reading.js'
import { secret } from './secret.js'
import { holds, type Same } from './testing/types.js'

holds<Same<ReturnType<typeof readFile>, string>>()
const settings = readJson<{ readonly a: number }>('a.json')
holds<Same<typeof settings.a, number>>()
const unknownYaml = readYaml('a.yaml')
holds<Same<typeof unknownYaml, unknown>>()
const fallback = readYaml('a.yaml', { port: 80 })
holds<Same<typeof fallback, { port: number }>>()
const documents = readYamlStream<{ readonly kind: string }>('a.yaml')
holds<Same<typeof documents, readonly { readonly kind: string }[]>>()
holds<Same<ReturnType<typeof listDir>, readonly string[]>>()
const set = env('A')
holds<Same<typeof set, string | undefined>>()
const withFallback = env('A', 'b')
holds<Same<typeof withFallback, string>>()
const values = dotenv('.env.local', { apply: false })
secret(values['TOKEN'] ?? fail('TOKEN is not set'))
const decoded = decodeYaml<readonly string[]>('[]')
holds<Same<typeof decoded, readonly string[]>>()
const result = exec('ls', { env: process.env })
holds<Same<typeof result, Promise<ExecResult>>>()
const loaded = include(() => import('./duration.js'))
holds<Same<typeof loaded, Promise<typeof import('./duration.js')>>>()
const typed = include<{ readonly a: string }>('./x')
holds<Same<typeof typed, Promise<{ readonly a: string }>>>()
const bound = from('file:///x/y.ts')
holds<Same<typeof bound.localResource, typeof localResource>>()
defineConfig(async ({ session, args }) => {
  holds<Same<typeof args, readonly string[]>>()
  if (session.command === 'ci') await exec('ls')
})

// @ts-expect-error a promise is no output
exec('ls').stdout
// @ts-expect-error no such option
void exec('ls', { cwd: '.' })
// @ts-expect-error a fallback of another type
readFile('a', 5)
// @ts-expect-error the type of a path must be given
void include('./x').then(({ a }) => a)
