import type { EvaluateRequest } from '@tiltts/runtime/ports'
import type { ManifestSource } from '@tiltts/spec'
import type { RenderOutcome } from './protocol.js'

/** Reads manifests for a host. Never rejects. */
export async function answerRender(
  render: EvaluateRequest['render'],
  sources: readonly ManifestSource[],
  signal: AbortSignal,
): Promise<RenderOutcome> {
  if (render === undefined) return { failure: 'nothing here reads manifests' }
  try {
    return await render(sources, signal)
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}
