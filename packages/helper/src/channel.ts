import type { FailureWords } from './failure.js'
import { fieldsOf } from './fields.js'
import { frameKind, listBytes, operation, textBytes } from './frames.js'
import { type InspectedPath, readInspectedPaths } from './inspected-path.js'
import { agentRequests } from './requests.js'
import type { HelperStream } from './stream.js'

/**
 * The helper's agent in one container. Requests are carried out one after another, in the order of the calls. They
 * reject with an InfraError whose `details` have the system's code and path (`{ errno: 'EROFS', path: '/app/a.ts' }`):
 * `container/copy-failed` for files, `container/run-failed` for what could not be started, `container/channel-closed`
 * when the container or the way to it has gone. After the first two the channel goes on. An abort rejects at once with
 * its reason.
 */
export interface HelperChannel {
  /** Asks for the agent's version, and whether the helper runs in front of the container's command. */
  ready(): Promise<{ readonly version: string; readonly canRestart: boolean }>
  /**
   * Unpacks a tar stream: files, folders and symbolic links, with their modes and the times of files. What
   * is new belongs to who owned what it replaces, else to the owner of its folder, as far as the agent may do that.
   * Files are replaced as a whole where their folder can be written, else in place. What has another kind is replaced;
   * missing parent folders are made. Nothing is held in memory, neither here nor there.
   */
  copy(tar: AsyncIterable<Uint8Array>, options?: CopyOptions): Promise<void>
  /** Removes absolute paths with all that is below; what is not there is fine. */
  remove(paths: readonly string[], options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** Runs a command, without a shell. An exit code is no failure; 128+n tells of signal n. An abort ends it. */
  run(argv: readonly string[], options?: RunOptions): Promise<{ readonly exitCode: number }>
  /**
   * Starts the wrapped command again, and resolves when the new process has been started. Needs `wrapArgv` in front of
   * it; else it fails with `details.errno` ECONNREFUSED.
   */
  restart(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** What stands at absolute paths, in their order. */
  inspect(
    paths: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly InspectedPath[]>
  /** Ends the agent, and a command that it runs. Resolves when the stream is closed. */
  close(): Promise<void>
}

export interface CopyOptions {
  /** What the names in the tar stream are relative to, absolute. @default '/' */
  readonly root?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RunOptions {
  /** @default the folder of the exec */
  readonly dir?: string | undefined
  /** On top of the container's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly onOutput?: ((bytes: Uint8Array, stream: 'stdout' | 'stderr') => void) | undefined
  readonly signal?: AbortSignal | undefined
}

const words = {
  ping: { code: 'container/channel-closed', sentence: () => 'the helper does not answer' },
  copy: { code: 'container/copy-failed', sentence: (path) => `cannot write ${path || 'the files'}` },
  remove: { code: 'container/copy-failed', sentence: (path) => `cannot remove ${path || 'the files'}` },
  inspect: { code: 'container/copy-failed', sentence: (path) => `cannot read ${path || 'the files'}` },
  run: { code: 'container/run-failed', sentence: (path) => `cannot start ${path || 'the command'}` },
  restart: {
    code: 'container/run-failed',
    sentence: (path) => `cannot start the process again${path && ` (${path})`}`,
  },
} satisfies Readonly<Record<keyof typeof operation, FailureWords>>

/**
 * The client of the agent at the other end of a stream.
 *
 * @example
 * const channel = openHelperChannel(await execIn(container, agentArgv()))
 * await channel.copy(tarOf(files))
 * await channel.restart()
 */
export function openHelperChannel(stream: HelperStream): HelperChannel {
  const requests = agentRequests(stream)
  return {
    close: requests.close,
    ready: async () => {
      const fields = fieldsOf(await requests.ask({ operation: operation.ping, words: words.ping }))
      return { canRestart: fields.byte() === 1, version: fields.rest() }
    },
    copy: async (tar, { root = '/', signal } = {}) => {
      await requests.ask({ operation: operation.copy, words: words.copy, body: after(textBytes(root), tar), signal })
    },
    remove: async (paths, { signal } = {}) => {
      if (paths.length === 0) return
      await requests.ask({ operation: operation.remove, words: words.remove, body: paths.map(textBytes), signal })
    },
    run: async (argv, { dir = '', env = {}, onOutput, signal } = {}) => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
      const answer = await requests.ask({
        operation: operation.run,
        words: words.run,
        body: [textBytes(dir), listBytes(argv), listBytes(variables)],
        signal,
        onFrame: ({ kind, payload }) => onOutput?.(payload, kind === frameKind.stderr ? 'stderr' : 'stdout'),
      })
      return { exitCode: fieldsOf(answer).number() }
    },
    restart: async ({ signal } = {}) => {
      await requests.ask({ operation: operation.restart, words: words.restart, signal })
    },
    inspect: async (paths, { signal } = {}) => {
      const pieces: Uint8Array[] = []
      const body = paths.map(textBytes)
      const onFrame = ({ payload }: { readonly payload: Uint8Array }): void => void pieces.push(payload)
      await requests.ask({ operation: operation.inspect, words: words.inspect, body, signal, onFrame })
      return readInspectedPaths(paths, Buffer.concat(pieces))
    },
  }
}

async function* after(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield first
  yield* rest
}
