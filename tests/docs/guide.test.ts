import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
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
const noHelm = spawnSync('helm', ['version'], { stdio: 'ignore' }).status === 0 ? undefined : 'there is no helm'

/** Why a block cannot be evaluated here: compose files are read by compose, charts by helm. */
function blockSkip(code: string): string | undefined {
  if (/\bhelmRemote\(|'oci:/.test(code)) return 'its repository is an example'
  if (/\bdockerCompose\(/.test(code)) return noDocker
  return /\bhelm\(/.test(code) ? noHelm : undefined
}

const guide = join(root, 'docs/guide')
const pages = [...readdirSync(guide).map((name) => `docs/guide/${name}`), 'README.md']

describe.each(pages)('the code in %s', (page) => {
  const blocks = blocksOf(join(root, page))
  const files = Object.fromEntries(blocks.flatMap(({ title, code }) => (title === undefined ? [] : [[title, code]])))
  const configs = blocks.filter(({ title }) => title === undefined)
  const projectOf = (modules: Readonly<Record<string, string>>): TempProject => {
    const project = tempProject({
      ...files,
      ...modules,
      'tsconfig.json': '{ "extends": "tiltts/tsconfig.json", "include": ["**/*.ts"] }',
      'package.json': '{ "type": "module" }',
    })
    mkdirSync(project.path('node_modules/@tiltts'))
    symlinkSync(join(root, 'packages/extensions'), project.path('node_modules/@tiltts/extensions'))
    // What the pages say must not depend on the cluster that somebody happens to use.
    return { ...project, env: { ...project.env, KUBECONFIG: project.path('no-kubeconfig') } }
  }

  it.skipIf(configs.length === 0)('compiles', () => {
    const modules = Object.fromEntries(configs.map(({ line, code }) => [`line-${line}.config.ts`, code]))
    const { folder } = projectOf(modules)
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    })
    expect(tsc).toMatchObject({ status: 0, stdout: '' })
  })

  for (const { code, line } of configs) {
    const skip = blockSkip(code)
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
