import { execFileSync } from 'node:child_process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exampleCopy } from '../../tests/support/example.js'
import { skipReason } from '../../tests/support/requires.js'

const skip = skipReason('docker')

describe.skipIf(skip !== undefined)(`the example bazel-build${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('runs the build when one of its two folders has changed, and deploys what it has tagged', async () => {
    const example = exampleCopy(import.meta.dirname)
    onTestFinished(
      () => void execFileSync('docker', ['image', 'rm', '--force', 'bazel/api:image'], { stdio: 'ignore' }),
    )
    const ci = await example.ci()
    expect(ci).toContain('INFO: Build completed successfully')

    const dev = await example.dev()
    await example.answers(8108, 'Hello from the api\n')
    expect(dev.stdout()).not.toContain('INFO')
    example.write('proto/greeting.txt', 'Welcome\n')
    await example.answers(8108, 'Welcome from the api\n')
    example.edit('api/server.mjs', 'the api', 'its api')
    await example.answers(8108, 'Welcome from its api\n')
    expect(dev.stdout().match(/INFO: Build completed/g)).toHaveLength(2)
    await example.end(dev)
  })
})
