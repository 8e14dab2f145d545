import { reading } from './call/call.js'

/**
 * Stops this evaluation with an error at the place of the call. What ran before goes on running.
 *
 * @example
 * ```ts
 * if (env('AWS_PROFILE') === 'production') fail('This config is not for production')
 * ```
 */
export function fail(message: string): never {
  throw reading('fail').failure('config/failed', message)
}

/** Shows a warning at the place of the call; the evaluation goes on. */
export function warn(message: string): void {
  reading('warn').warning('config/warning', message)
}
