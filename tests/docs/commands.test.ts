import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientSession, contextsOf } from '../clients/client-session.js'
import { skipReason } from '../support/requires.js'
import type { SharedSession } from '../support/shared-session.js'
import { type Shell, shellOf } from '../support/shell.js'
import { root } from '../support/temp-project.js'

interface Block {
  readonly line: number
  readonly script: string
}

/** The blocks of shell commands in a page, but those that need another machine. */
function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(root, 'docs/guide', page), 'utf8')
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => ({
    script: match[1] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }))
}

/** Goes on until the session ends. */
const follows = (script: string): boolean => /^tiltts (?:logs|get)\b.* -[fw]\b/m.test(script)

const skipOf = (script: string): string | undefined => {
  const needs = [/\bjq\b/.test(script) && 'jq', /\bkubectl\b/.test(script) && 'kubectl'] as const
  return skipReason(...needs.filter((need) => need !== false))
}

describe('the commands in the guide', () => {
  let session: SharedSession
  let shell: Shell
  /** The page says where things are by default; a test has them elsewhere. */
  let here = (script: string): string => script
  beforeAll(async () => {
    session = await clientSession()
    shell = shellOf(session)
    await session.until(() => contextsOf(session).length > 0)
    const [context = ''] = contextsOf(session)
    const [, port = ''] = /http:\/\/localhost:(\d+)/.exec(session.dev.stdout()) ?? []
    here = (script) =>
      script
        .replaceAll('~/.tilt-dev', session.env['TILT_DEV_DIR'] ?? '')
        .replaceAll('tilt-default', context)
        .replaceAll('localhost:10350', `localhost:${port}`)
  }, 60_000)
  afterAll(() => session.end())

  const cases = ['scripting.md', 'security.md'].flatMap((page) => blocksOf(page).map((block) => ({ page, ...block })))
  for (const { page, line, script } of cases) {
    const skip = skipOf(script)
    it.skipIf(skip !== undefined)(`work: ${page}, line ${line}${skip ? ` (skipped: ${skip})` : ''}`, async () => {
      if (!follows(script)) {
        const { code, err } = await shell.run(`set -e\n${here(script)}`)
        // A pipe ends with the code of its last command, and a script that goes on after `||` expects an error.
        expect({ code, complaints: script.includes('||') ? '' : err.match(/error.*/gi) }).toEqual({
          code: 0,
          complaints: script.includes('||') ? '' : null,
        })
        return
      }
      const running = shell.start(here(script))
      try {
        await expect.poll(running.out, { timeout: 20_000, interval: 100 }).not.toBe('')
      } finally {
        await running.end()
      }
    })
  }
})
