import { createLogStore } from '@tiltts/core/logs'
import { folderLogArchive } from './folder-log-archive.js'

const [folder = ''] = process.argv.slice(2)
const errors: (readonly [string, string])[] = []
const archive = folderLogArchive({ folder, onError: (error) => errors.push([error.code, error.message]) })
const logs = createLogStore({ now: () => 1_000, archive, maxBytes: 10_000 })
logs.span({ id: 'api', resource: 'api', source: 'runtime' })
for (let n = 0; n < 10_000; n++) logs.append('api', `line ${n}\n`.padStart(n % 2 === 0 ? 1_000 : 0))
const texts: string[] = []
for await (const batch of logs.read({})) texts.push(...batch.map((segment) => segment.text))
const gap = texts.findIndex((text) => text.includes('missing here'))
await archive.close()
process.stdout.write(JSON.stringify({ errors, kept: gap, gap: texts[gap], last: texts.at(-1) }))
