import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { root, type TempProject, tempProject } from '../support/temp-project.js'
import { runTiltts } from '../support/tiltts.js'

interface Block {
  readonly code: string
  readonly line: number
  /** Set when the block is a file beside the configs of its page: a module, a Dockerfile, a compose file. */
  readonly title: string | undefined
}

function blocksOf(file: string): readonly Block[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```(\w*)(?: title="([^"]+)")?\n([\s\S]*?)^```$/gm)]
    .map((match) => ({
      language: match[1],
      title: match[2],
      code: match[3] ?? '',
      line: text.slice(0, match.index).split('\n').length,
    }))
    .filter(({ language, title }) => language === 'ts' || title !== undefined)
}

const noDocker = skipReason('docker')
/** Compose files are read by the compose command. */
const needsDocker = (code: string): boolean => /\bdockerCompose\(/.test(code)

const guide = join(root, 'docs/guide')
const pages = [...readdirSync(guide).map((name) => `docs/guide/${name}`), 'README.md']

describe.each(pages)('the code in %s', (page) => {
  const blocks = blocksOf(join(root, page))
  const files = Object.fromEntries(blocks.flatMap(({ title, code }) => (title === undefined ? [] : [[title, code]])))
  const configs = blocks.filter(({ title }) => title === undefined)
  const projectOf = (modules: Readonly<Record<string, string>>): TempProject =>
    tempProject({
      ...files,
      ...modules,
      'tsconfig.json': '{ "extends": "tiltts/tsconfig.json", "include": ["**/*.ts"] }',
      'package.json': '{ "type": "module" }',
    })

  it.skipIf(configs.length === 0)('compiles', () => {
    const modules = Object.fromEntries(configs.map(({ line, code }) => [`line-${line}.config.ts`, code]))
    const { folder } = projectOf(modules)
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    })
    expect(tsc).toMatchObject({ status: 0, stdout: '' })
  })

  for (const { code, line } of configs) {
    const skip = needsDocker(code) ? noDocker : undefined
    it.skipIf(skip !== undefined)(
      `evaluates: the block at line ${line}${skip ? ` (skipped: ${skip})` : ''}`,
      async () => {
        const checked = await runTiltts(projectOf({ 'tilt.config.ts': code }), ['check'])
        // Commands that the config runs are echoed there.
        expect({ code: checked.code, complaints: checked.stderr.replace(/^exec: .*\n/gm, '') }).toEqual({
          code: 0,
          complaints: '',
        })
      },
    )
  }
})
