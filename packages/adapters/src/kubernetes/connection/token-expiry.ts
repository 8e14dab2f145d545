import { isEntry } from './kubeconfig.js'

/** When a JWT expires, in milliseconds since the epoch; `undefined` when it does not say, or is none. */
export function expiryOf(token: string): number | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return isEntry(claims) && typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : undefined
  } catch {
    // Not all tokens with dots are JWTs.
    return undefined
  }
}
