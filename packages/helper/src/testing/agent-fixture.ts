import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { HelperChannel } from '../channel.js'
import { localAgent, noLocalHelper } from './local-helper.js'

/** A folder and an agent, new for each test. */
export interface AgentFixture {
  readonly root: string
  readonly channel: HelperChannel
  at(path: string): string
  text(path: string): string
  write(path: string, content: string, mode?: number): void
  /** Has this channel closed after the test, too. */
  closing(channel: HelperChannel): HelperChannel
}

export function agentFixture(): AgentFixture {
  let root = ''
  let channel: HelperChannel | undefined
  const open: HelperChannel[] = []
  const at = (path: string): string => join(root, path)
  const closing = (one: HelperChannel): HelperChannel => {
    open.push(one)
    return one
  }
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tiltts-agent-'))
    if (noLocalHelper === undefined) channel = closing(localAgent().channel)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
    rmSync(root, { recursive: true, force: true })
  })
  return {
    get root() {
      return root
    },
    get channel() {
      if (channel === undefined) throw new Error('there is no agent before the test begins')
      return channel
    },
    at,
    text: (path) => readFileSync(at(path), 'utf8'),
    write: (path, content, mode = 0o644) => {
      writeFileSync(at(path), content)
      chmodSync(at(path), mode)
    },
    closing,
  }
}

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
