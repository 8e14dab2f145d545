import { type CommandSpec, type ImageNode, isFunctionCommand } from '@tiltts/spec'
import { canonical } from './definition-hash.js'
import { hashText } from './hash.js'

/**
 * Hash of all that decides how an image is built and is no file. Not part of it: live updates, what is watched, where
 * layers may be reused from, and where it is written.
 */
export function imageHash(node: ImageNode, dependsOn: readonly string[], helper: boolean): string {
  const restart = node.liveUpdate?.restart
  const layer = helper ? { entrypoint: restart?.entrypoint, onExit: restart?.onExit } : undefined
  return hashText(canonical({ ref: node.ref, layer, dependsOn, ...buildPart(node) }))
}

function buildPart(node: ImageNode): Readonly<Record<string, unknown>> {
  if (node.build === 'custom') {
    const { build, dir, env, tag, skipsLocalDocker, disablePush, outputsImageRefTo } = node
    return {
      build,
      command: commandPart(node.command),
      dir,
      env,
      tag,
      skipsLocalDocker,
      disablePush,
      outputsImageRefTo,
    }
  }
  const { build, context, ignores, buildArgs, target, platform, network, pull } = node
  const { extraTags, extraHosts, ssh, secrets, dockerfile } = node
  const dockerfileText = dockerfile.contents
  const how = { target, platform, network, pull, extraTags, extraHosts, ssh, secrets }
  return { build, context, ignores, buildArgs, dockerfileText, ...how }
}

/** Without the way people wrote it. */
function commandPart(command: CommandSpec | undefined): unknown {
  if (command === undefined) return undefined
  return isFunctionCommand(command) ? [command.fn.$fn, command.fn.hash] : { argv: command.argv }
}
