import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import * as builders from './builders.js'
import { evaluate } from './testing/evaluate.js'

const { cache } = createRequire(import.meta.url)
const isLoaded = (): boolean => Object.keys(cache).some((path) => path.includes('/yaml/'))

it('a config without YAML loads no parser', async () => {
  await evaluate(() => void builders.localResource('a', { cmd: 'true' }))
  expect(isLoaded()).toBe(false)
  await evaluate(() => void builders.decodeYaml('a: 1'))
  expect(isLoaded()).toBe(true)
})
