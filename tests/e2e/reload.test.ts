import { mkdirSync, symlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { tempProject } from '../support/temp-project.js'
import { type RunningTiltts, startTiltts } from '../support/tiltts.js'

const count = (dev: RunningTiltts, text: string): number => dev.stdout().split(text).length - 1

describe('a reload', () => {
  it('EVAL-15: restarts only the resource whose definition changed', async () => {
    const config = (word: string): string => `import { localResource } from 'tiltts'
localResource('kept', { serveCmd: 'echo kept starts; sleep 1000' })
localResource('changed', { serveCmd: 'echo changed starts ${word}; sleep 1000' })
`
    const project = tempProject({ 'tilt.config.ts': config('one') })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 2 resources are ready')
    project.write('tilt.config.ts', config('two'))
    await dev.printed('│ changed starts two')
    expect(count(dev, '│ kept starts')).toBe(1)
  })

  it('EVAL-17: of labels, links, trigger mode and dependencies restarts nothing', async () => {
    const config = (more: string): string => `import { localResource } from 'tiltts'
localResource('db', { serveCmd: 'echo db starts; sleep 1000' })
localResource('api', { serveCmd: 'echo api starts; sleep 1000'${more} })
localResource('witness', { cmd: 'echo witness${more.length} ran' })
`
    const project = tempProject({ 'tilt.config.ts': config('') })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ witness0 ran')
    const more = `, labels: 'x', links: 'http://localhost:1', triggerMode: 'manual', resourceDeps: ['db']`
    project.write('tilt.config.ts', config(more))
    await dev.printed(`│ witness${more.length} ran`)
    await sleep(300)
    expect(count(dev, '│ api starts')).toBe(1)
    expect(count(dev, '│ db starts')).toBe(1)
  })

  it('EVAL-14: adds what is new, and stops and removes what is gone', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { localResource } from 'tiltts'\nlocalResource('old', { serveCmd: 'trap "echo old ends; exit" TERM; echo old starts; while :; do sleep 0.1; done' })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ old starts')
    project.write(
      'tilt.config.ts',
      `import { localResource } from 'tiltts'\nlocalResource('new', { serveCmd: 'echo new starts; sleep 1000' })\n`,
    )
    await dev.printed('│ new starts')
    await dev.printed('│ old ends')
  })

  it('follows modules, workspace packages, files that were read, and files that did not exist', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { dotenv, localResource, readFile, readJson } from 'tiltts'
import { word } from './lib/word.ts'
import { other } from '@acme/shared'
const settings = readJson<{ word: string }>('settings.json', { word: 'no-settings' })
const { SECRET_WORD } = dotenv('.env.local')
localResource('words', { cmd: ['echo', 'words:', word, other, readFile('note.txt').trim(), settings.word, SECRET_WORD ?? 'no-dotenv'] })
`,
      'lib/word.ts': `export const word = 'w1'\n`,
      'packages/shared/package.json': `{ "name": "@acme/shared", "type": "module", "exports": "./src/index.ts" }`,
      'packages/shared/src/index.ts': `export const other = 'o1'\n`,
      'note.txt': 'n1\n',
    })
    mkdirSync(project.path('node_modules/@acme'), { recursive: true })
    symlinkSync(project.path('packages/shared'), project.path('node_modules/@acme/shared'))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ words: w1 o1 n1 no-settings no-dotenv')
    project.write('lib/word.ts', `export const word = 'w2'\n`)
    await dev.printed('│ words: w2 o1 n1 no-settings no-dotenv')
    project.write('packages/shared/src/index.ts', `export const other = 'o2'\n`)
    await dev.printed('│ words: w2 o2 n1 no-settings no-dotenv')
    project.write('note.txt', 'n2\n')
    await dev.printed('│ words: w2 o2 n2 no-settings no-dotenv')
    project.write('settings.json', '{ "word": "s1" }')
    await dev.printed('│ words: w2 o2 n2 s1 no-dotenv')
    project.write('.env.local', 'SECRET_WORD=e1\n')
    await dev.printed('│ words: w2 o2 n2 s1 e1')
  })

  it('takes tilt_config.json while running', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { arg, defineArgs, localResource } from 'tiltts'\nconst cfg = defineArgs({ someWord: arg.string({ default: 'none' }) })\nlocalResource('word', { cmd: ['echo', 'word is', cfg.someWord] })\n`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('word is none')
    project.write('tilt_config.json', '{ "some-word": "given" }')
    await dev.printed('word is given')
  })

  it('keeps a function that did not change running, and starts one anew that did', async () => {
    const config = (word: string, more = ''): string => `import { localResource } from 'tiltts'
const forever = (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
localResource('kept', { serveCmd: async ({ log, signal }) => { log('kept function starts'); await forever(signal) } })
localResource('changed', { serveCmd: async ({ log, signal }) => { log('changed function starts ${word}'); await forever(signal) } })
${more}`
    const project = tempProject({ 'tilt.config.ts': config('one') })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('│ kept function starts')
    await dev.printed('│ changed function starts one')
    project.write('tilt.config.ts', config('two', `localResource('more', { cmd: 'echo more ran' })\n`))
    await dev.printed('│ changed function starts two')
    await dev.printed('│ more ran')
    await sleep(300)
    expect(count(dev, '│ kept function starts')).toBe(1)
  })
})

describe('functions as steps', () => {
  it('get changed files, environment, exec and log; a throw fails the update with the place', async () => {
    const project = tempProject({
      'src/a.txt': '',
      'tilt.config.ts': `import { localResource } from 'tiltts'
localResource('fn', {
  cmd: async ({ changedFiles, env, exec, log, resource }) => {
    const { stdout } = await exec(['node', '-p', '6 * 7'])
    log(resource, 'ran with', env['WORD'], stdout.trim(), changedFiles.map((file) => file.split('/').pop()).join())
    if (changedFiles.length > 0) throw new Error('thrown by the function')
  },
  env: { WORD: 'given' },
  deps: ['src'],
})
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('fn ran with given 42')
    project.write('src/a.txt', 'changed')
    await dev.printed('fn ran with given 42 a.txt')
    await dev.printed('thrown by the function')
    await dev.printed(/tilt\.config\.ts:6:\d+/)
  })

  it('are aborted through their signal when the session ends', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { writeFileSync } from 'node:fs'
import { localResource } from 'tiltts'
localResource('fn', { cmd: ({ log, signal }) => new Promise<void>((resolve) => { log('waits'); signal.addEventListener('abort', () => { writeFileSync('aborted.txt', 'yes'); resolve() }) }) })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('waits')
    dev.signal('SIGINT')
    await dev.finished
    const { existsSync } = await import('node:fs')
    await until('the signal was seen', () => existsSync(project.path('aborted.txt')), 2000)
  })

  it('probe.check decides readiness', async () => {
    const project = tempProject({
      'tilt.config.ts': `import { existsSync } from 'node:fs'
import { localResource, probe } from 'tiltts'
const a = localResource('a', { serveCmd: 'echo a starts; sleep 0.5; touch ready.txt; sleep 1000', readinessProbe: probe.check(async () => existsSync('ready.txt'), { period: '200ms' }) })
localResource('b', { cmd: 'ls ready.txt', resourceDeps: [a] })
`,
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('All 2 resources are ready')
    expect(dev.stdout()).toMatch(/b │ ready\.txt/)
  })
})
