import type { TiltError } from '@tiltts/spec'

/** Nothing that runs containers answers: the update is to be done again, not done otherwise. */
export function isAway({ code }: TiltError): boolean {
  return code === 'docker/unreachable' || code === 'kubernetes/unreachable'
}
