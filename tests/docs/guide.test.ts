import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, tempProject } from '../support/temp-project.js'
import { runTiltts } from '../support/tiltts.js'

interface Block {
  readonly code: string
  readonly line: number
  /** Set when the block is a file that the config after it imports. */
  readonly title: string | undefined
}

function blocksOf(file: string): readonly Block[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```ts(?: title="([^"]+)")?\n([\s\S]*?)^```$/gm)].map((match) => ({
    code: match[2] ?? '',
    title: match[1],
    line: text.slice(0, match.index).split('\n').length,
  }))
}

const guide = join(root, 'docs/guide')
const pages = [...readdirSync(guide).map((name) => `docs/guide/${name}`), 'README.md']

describe.each(pages)('the code in %s', (page) => {
  const blocks = blocksOf(join(root, page))
  const helpers = Object.fromEntries(blocks.flatMap(({ title, code }) => (title === undefined ? [] : [[title, code]])))
  it.each(blocks.filter(({ title }) => title === undefined).map((block) => [block.line, block.code] as const))(
    'compiles and evaluates: the block at line %i',
    async (_line, code) => {
      const project = tempProject({
        ...helpers,
        'tilt.config.ts': code,
        'tsconfig.json': '{ "extends": "tiltts/tsconfig.json", "include": ["**/*.ts"] }',
        'package.json': '{ "type": "module" }',
      })
      const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project.folder], {
        encoding: 'utf8',
      })
      expect(tsc).toMatchObject({ status: 0, stdout: '' })
      const checked = await runTiltts(project, ['check'])
      // Commands that the config runs are echoed there.
      expect({ code: checked.code, complaints: checked.stderr.replace(/^exec: .*\n/gm, '') }).toEqual({
        code: 0,
        complaints: '',
      })
    },
  )
})
