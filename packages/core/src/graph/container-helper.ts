import type { Diagnostic, ImageNode } from '@tiltts/spec'
import { type DeployedNode, isKubernetes, isService } from './declared.js'
import type { DeclaredImage } from './image-index.js'
import { placesOf } from './places.js'

/**
 * Whether the image gets the helper that restarts its process in place: where another command is to be started than the
 * image's own, where its container stays when it ends, where a container would lose something by a restart, and in a
 * cluster, which restarts no container when asked. Otherwise the engine restarts the container.
 */
export function needsHelper({ liveUpdate }: ImageNode, by: readonly DeployedNode[]): boolean {
  const restart = liveUpdate?.restart
  if (restart?.what !== 'process') return false
  return restart.entrypoint !== undefined || restart.onExit === 'stay' || by.some(mustStay)
}

function mustStay(node: DeployedNode): boolean {
  return isKubernetes(node) || node.service.mustStay
}

/** Where the helper is needed and cannot be. */
export function checkHelper({ node }: DeclaredImage, by: readonly DeployedNode[]): readonly Diagnostic[] {
  if (!needsHelper(node, by)) return []
  const places = placesOf(node.liveUpdate?.place, node.place)
  const problem = (message: string, hint: string, more: Diagnostic['places'] = []): Diagnostic => ({
    code: 'config/live-update',
    severity: 'error',
    message: `\`${node.ref}\`: ${message}`,
    places: placesOf(...places, ...more),
    hint,
  })
  if (node.build === 'custom' && node.command === undefined) {
    const hint = `Have it built by a command${by.some(isKubernetes) ? '' : ', or use restartContainer()'}`
    return [problem('restartProcess() needs a part in the image, but this image is only synced into', hint)]
  }
  return by
    .filter(isService)
    .filter(({ service }) => service.overridesEntrypoint)
    .map(({ name, service }) =>
      problem(
        `restartProcess() starts the process by the image's entrypoint, but the service \`${name}\` has its own`,
        'Move the entrypoint of the service to restartProcess({ entrypoint }), or use restartContainer()',
        placesOf(service.place),
      ),
    )
}
