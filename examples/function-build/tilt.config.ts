// The image is built by a function: TypeScript around the tools that are there already.
import { customBuild, dockerCompose } from 'tiltts'

dockerCompose('./compose.yaml')

customBuild(
  'function-build/fn',
  async ({ exec, log, expectedRef }) => {
    const { stdout } = await exec(['git', 'hash-object', './fn/server.mjs'])
    log(`building from ${stdout.trim()}`)
    await exec(['docker', 'build', '--quiet', '--label', `source=${stdout.trim()}`, '--tag', expectedRef, './fn'])
  },
  { deps: './fn' },
)
