import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { findCommand } from './registry.js'
import { isSmall, smallCommands } from './small-commands.js'

it('are commands that there are, each in the file of its name', () => {
  for (const name of smallCommands) {
    expect(findCommand(name)?.[0]).toBe(name)
    expect(existsSync(new URL(`./${name}.ts`, import.meta.url))).toBe(true)
  }
})

it('are told by their name, whatever stands before it', () => {
  expect(isSmall(['get', 'uiresources'])).toBe(true)
  expect(isSmall(['--port', '1', 'get', 'uiresources'])).toBe(true)
  expect(isSmall(['dev'])).toBe(false)
  expect(isSmall(['--version'])).toBe(false)
  expect(isSmall(['help', 'get'])).toBe(false)
})
