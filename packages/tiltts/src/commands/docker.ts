import { spawn } from 'node:child_process'
import { InfraError } from '@tiltts/spec'
import type { Command } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'

export const command: Command = {
  usage: '-- <args…>',
  summary: 'run docker against the engine that builds use',
  details: 'That engine is the one of DOCKER_HOST, DOCKER_CONTEXT or the current context of Docker.',
  flags: {},
  handsOnAfter: () => true,
  async run({ words, rest }) {
    const args = [...words, ...rest]
    if (args.length === 0) throw new UsageError('docker takes arguments of docker', 'For example: tiltts docker -- ps')
    return new Promise((resolve, reject) => {
      const child = spawn('docker', args, { stdio: 'inherit' })
      child.on('error', (error) =>
        reject(new InfraError('process/spawn-failed', 'docker', `docker cannot be run: ${error.message}`)),
      )
      child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
    })
  },
}
