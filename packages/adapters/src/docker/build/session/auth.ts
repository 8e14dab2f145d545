import type { EngineConnection } from '../../connection.js'
import { type GrpcMethod, unary } from '../wire/grpc-server.js'
import { protoWriter, readProto } from '../wire/protobuf.js'

/** The name that a builder sees in place of a user's when there is only a token. */
const tokenUser = '<token>'

/** Gives the builder the user's login to a registry, one at a time, when it pulls from there. */
export function credentials({ authFor }: Pick<EngineConnection, 'authFor'>): GrpcMethod {
  return unary(async (message) => {
    const auth = await authFor(readProto(message).text(1))
    const answer = protoWriter()
    if (auth?.identitytoken !== undefined) {
      // An empty user tells that the secret is a token to get tokens by.
      answer.text(2, auth.identitytoken)
    } else if (auth?.username !== undefined && auth.username !== tokenUser) {
      answer.text(1, auth.username)
      answer.text(2, auth.password ?? '')
    }
    return answer.finish()
  })
}
