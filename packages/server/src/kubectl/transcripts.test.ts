import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type Asked,
  isWatch,
  type Recording,
  type Transcript,
  transcriptWorld,
} from './transcript-world.test.support.js'

const recording = JSON.parse(readFileSync(new URL('./fixtures/requests.json', import.meta.url), 'utf8')) as Recording

/** Asks what kubectl has asked for a command, one request after the other. */
async function replay({ command, requests }: Transcript): Promise<string> {
  const { store, port } = await transcriptWorld(async () => {})
  const parts = [`$ kubectl ${command}`]
  for (const asked of requests) {
    const answer = await fetch(`http://127.0.0.1:${port}${asked.path}`, requestOf(asked))
    if (isWatch(asked.path))
      store.update({ by: 'test' }, (tx) => tx.spec('ConfigMap', 'a', () => ({ data: { x: '2' } })))
    const text = isWatch(asked.path) ? await firstLine(answer) : await answer.text()
    const sent = asked.body === undefined ? [] : [`${asked.contentType}: ${asked.body.trimEnd()}`]
    const head = `< ${answer.status} ${answer.headers.get('content-type')}`
    parts.push('', `> ${asked.method} ${asked.path}`, `accept: ${asked.accept}`, ...sent, head, pretty(text))
  }
  return `${parts.join('\n')}\n`
}

function requestOf({ method, accept, contentType, body }: Asked): RequestInit {
  const headers = { accept, ...(contentType === undefined ? {} : { 'content-type': contentType }) }
  return { method, headers, ...(body !== undefined && { body }) }
}

const pretty = (text: string): string => JSON.stringify(JSON.parse(text), null, 1)

async function firstLine(answer: Response): Promise<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (reader !== undefined && !text.includes('\n')) text += (await reader.read()).value ?? ''
  await reader?.cancel()
  return text.split('\n')[0] ?? ''
}

/** Answers that are to change are written anew by `vitest --update`; what is asked, by the same of `record.slow.test.ts`. */
describe(`what ${recording.kubectl} of kubectl asks`, () => {
  it.each(recording.transcripts.map((transcript) => [transcript.command, transcript] as const))(
    'API-97: %s is answered as recorded',
    async (command, transcript) => {
      const file = command.replace(/[^a-z]+/gi, '-').replace(/-$/, '')
      await expect(await replay(transcript)).toMatchFileSnapshot(`./fixtures/${file}.txt`)
    },
  )
})
