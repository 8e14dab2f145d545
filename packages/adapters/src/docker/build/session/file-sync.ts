import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import { contextTree } from '../context/context-tree.js'
import { dockerfileTree } from '../context/dockerfile-tree.js'
import { type Sent, sendTree } from '../context/send-tree.js'
import { unwanted } from '../context/wanted-paths.js'
import { type GrpcCall, GrpcError, type GrpcMethod, grpcStatus } from '../wire/grpc-server.js'

/** Serves the context and the Dockerfile to the builder, which asks for what it does not have. */
export function fileSync(
  { context, dockerfile }: Pick<ImageBuildRequest, 'context' | 'dockerfile'>,
  sent: Sent,
): GrpcMethod {
  return async (call) => {
    const name = values(call, 'dir-name')[0] ?? ''
    const wanted = {
      follow: values(call, 'followpaths'),
      include: values(call, 'include-patterns'),
      exclude: values(call, 'exclude-patterns'),
    }
    if (name === 'context') return sendTree(call, contextTree(context, unwanted(context.folder, wanted)), sent)
    if (name === 'dockerfile') return sendTree(call, dockerfileTree(dockerfile), { entries: 0, files: 0, bytes: 0 })
    throw new GrpcError(grpcStatus.notFound, `no access allowed to dir "${name}"`)
  }
}

/** What is not plain ASCII comes as in the query of a URL, and a header beside it says so. */
function values(call: GrpcCall, name: string): readonly string[] {
  const all = call.header(name)
  if (call.header(`${name}-encoded`)[0] !== '1') return all
  return all.map((value) => decodeURIComponent(value.replaceAll('+', ' ')))
}
