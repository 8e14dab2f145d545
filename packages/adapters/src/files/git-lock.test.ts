import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGitLock } from './git-lock.js'

let root: string
const at = (path: string): string => join(root, path)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tiltts-git-'))
})
afterEach(() => rmSync(root, { recursive: true }))

describe('createGitLock', () => {
  it('knows the repository above a path that does not exist yet', () => {
    mkdirSync(at('.git'))
    const git = createGitLock([at('not/yet')])
    expect(git.locked()).toBe(false)
    writeFileSync(at('.git/index.lock'), '')
    expect(git.locked()).toBe(true)
  })

  it('finds the index of submodules and added work trees, where `.git` is a file', () => {
    mkdirSync(at('main/.git/worktrees/other'), { recursive: true })
    mkdirSync(at('other'))
    writeFileSync(at('other/.git'), 'gitdir: ../main/.git/worktrees/other\n')
    const git = createGitLock([at('other')])
    writeFileSync(at('main/.git/index.lock'), '')
    expect(git.locked()).toBe(false)
    writeFileSync(at('main/.git/worktrees/other/index.lock'), '')
    expect(git.locked()).toBe(true)
  })

  it('takes repositories found later', () => {
    mkdirSync(at('vendor/.git'), { recursive: true })
    writeFileSync(at('vendor/.git/index.lock'), '')
    const git = createGitLock([root])
    expect(git.locked()).toBe(false)
    git.add(at('vendor'))
    expect(git.locked()).toBe(true)
  })
})
