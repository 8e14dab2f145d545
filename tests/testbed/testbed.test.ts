import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chromium, skipReason } from '../support/requires.js'

const registry = process.env['TESTBED_REGISTRY'] ?? '127.0.0.1:5000'
const run = (command: string, args: readonly string[], input?: string): string =>
  execFileSync(command, args, { encoding: 'utf8', input, timeout: 100_000 })

const noCluster = skipReason('docker', 'kubernetes')
const noBrowser = skipReason('browser')

describe('the testbed', () => {
  it.skipIf(noCluster)(
    `builds an image, pushes it and runs it as a pod${noCluster ? ` (skipped: ${noCluster})` : ''}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'tiltts-testbed-'))
      const word = `hello-${process.pid}`
      const image = `${registry}/smoke:${process.pid}`
      writeFileSync(join(folder, 'Dockerfile'), `FROM busybox\nCMD ["echo", "${word}"]\n`)
      run('docker', ['build', '--quiet', '--tag', image, folder])
      run('docker', ['push', '--quiet', image])
      const pod = `smoke-${process.pid}`
      try {
        run('kubectl', ['run', pod, `--image=${image}`, '--restart=Never'])
        run('kubectl', ['wait', `pod/${pod}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s'])
        expect(run('kubectl', ['logs', pod]).trim()).toBe(word)
      } finally {
        run('kubectl', ['delete', 'pod', pod, '--wait=false', '--ignore-not-found'])
      }
    },
  )

  it.skipIf(noBrowser)(`opens a page in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
    const profile = mkdtempSync(join(tmpdir(), 'tiltts-browser-'))
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      `--user-data-dir=${profile}`,
    ]
    const page = `data:text/html,<body><script>document.body.textContent = 6 * 7</script>`
    expect(run(chromium as string, [...flags, '--dump-dom', page])).toContain('42')
  })
})
