import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** An SSH agent of a test's own that has one key. */
export async function sshAgent(): Promise<{ readonly socket: string; readonly key: string; keys(): number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-agent-'))
  const [socket, key] = [join(folder, 'agent'), join(folder, 'id')]
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  onTestFinished(() => {
    agent.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  while (!existsSync(socket)) await sleep(10)
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' })
  return {
    socket,
    key,
    keys: () => execFileSync('ssh-add', ['-l'], { env, encoding: 'utf8' }).trim().split('\n').length,
  }
}
