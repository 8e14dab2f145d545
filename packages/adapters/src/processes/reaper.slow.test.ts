import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll } from 'vitest'
import { reaperSuite } from './reaper.test.support.js'

const folder = mkdtempSync(join(tmpdir(), 'tiltts-reaper-'))
const busyboxOnly = join(folder, 'busybox')
const oldGrep = join(folder, 'old-grep')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const missing = (command: string): string =>
  spawnSync(command, ['--help']).error === undefined ? '' : `${command} is not installed`

reaperSuite({
  name: 'bash as the sh of macOS and many Linux distributions',
  shell: [join(folder, 'sh')],
  mode: 'proc',
  missing: missing('bash'),
  install: () => symlinkSync('/bin/bash', join(folder, 'sh')),
})

reaperSuite({ name: 'the shell of busybox', shell: ['busybox', 'sh'], mode: 'proc', missing: missing('busybox') })

reaperSuite({
  name: 'busybox and nothing else, as in Alpine',
  shell: [join(busyboxOnly, 'sh')],
  mode: 'proc',
  path: busyboxOnly,
  missing: missing('busybox'),
  install: () => {
    mkdirSync(busyboxOnly)
    spawnSync('busybox', ['--install', '-s', busyboxOnly])
  },
})

reaperSuite({
  name: 'a grep that cannot read lines that end in a NUL',
  shell: ['/bin/sh'],
  mode: 'proc',
  path: [oldGrep, process.env['PATH']].join(delimiter),
  install: () => {
    mkdirSync(oldGrep)
    const file = join(oldGrep, 'grep')
    writeFileSync(
      file,
      '#!/bin/sh\ncase $1 in -*z*) echo "unknown option z" >&2; exit 2 ;; esac\nexec /bin/grep "$@"\n',
    )
    chmodSync(file, 0o755)
  },
})
