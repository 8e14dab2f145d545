import type { Pod, PodContainer } from '@tiltts/spec'

/** Reasons of containers that wait for nothing but their turn. */
const ordinary: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing'])

/** What is wrong with a pod, one sentence for each container that is not well. */
export function podErrors({ containers, problem }: Pod): readonly string[] {
  const own = problem === undefined ? [] : [`${problem.reason}: ${problem.message}`]
  return [...own, ...containers.flatMap(containerErrors)]
}

function containerErrors({ name, waiting, terminated, lastEnd }: PodContainer): readonly string[] {
  if (waiting !== undefined && !ordinary.has(waiting.reason)) {
    const why = waiting.message ?? (lastEnd && ended(lastEnd))
    return [`${name}: ${waiting.reason}${why === undefined ? '' : `: ${why}`}`]
  }
  return terminated === undefined || terminated.exitCode === 0 ? [] : [`${name}: ${ended(terminated)}`]
}

const ended = ({ exitCode, reason }: NonNullable<PodContainer['lastEnd']>): string =>
  `exited with code ${exitCode}${reason === '' || reason === 'Error' ? '' : ` (${reason})`}`
