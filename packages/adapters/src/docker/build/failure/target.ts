import { didYouMean } from '@tiltts/core/errors'
import { dockerfileSteps } from '@tiltts/core/images'
import type { Explanation, Failure } from './explain.js'

/** A stage that the Dockerfile does not have. */
export function explainTarget({ request, error }: Failure): Explanation | undefined {
  const [, target] =
    /target stage "?(.*?)"? could not be found/.exec(error) ??
    // Podman
    /The target "(.*)" was not found in the provided Dockerfile/.exec(error) ??
    /failed to reach build target (.*) in Dockerfile/.exec(error) ??
    []
  if (target === undefined) return undefined
  const stages = [...new Set(dockerfileSteps(request.dockerfile).map(({ stage }) => stage))]
  const named = stages.filter((stage) => !/^stage-\d+$/.test(stage))
  const hint =
    didYouMean(target, named) ??
    (named.length > 0 ? `It has: ${named.join(', ')}.` : 'No stage in it has a name: FROM … AS name.')
  return { message: `the Dockerfile has no stage "${target}"`, hint }
}
