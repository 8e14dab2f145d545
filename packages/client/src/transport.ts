import { type IncomingMessage, request } from 'node:http'

/** Where a session listens, and how to be let in. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly token: string
  /** Told of each call when its answer begins. */
  readonly trace?: (line: string) => void
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly contentType?: string
  /** The form in which the answer is wanted. @default 'application/json' */
  readonly accept?: string | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** The server answered with something else than success. */
export class ApiFailure extends Error {
  readonly code: number
  readonly reason: string
  constructor(code: number, reason: string, message: string) {
    super(message)
    this.name = 'ApiFailure'
    this.code = code
    this.reason = reason
  }
}

/**
 * Sends a request; resolves with the answer once its head is there. Rejects with an ApiFailure for a refusal,
 * and with the system's error when nobody listens. Plain `http`, since `fetch` costs 40 ms at its first use.
 */
export async function send(endpoint: Endpoint, call: Call): Promise<IncomingMessage> {
  const started = performance.now()
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const answer = await answerOf(endpoint, call, body)
  endpoint.trace?.(
    `${call.method} http://${endpoint.host}:${endpoint.port}${call.path} ${answer.statusCode} in ${Math.round(performance.now() - started)} ms`,
  )
  if ((answer.statusCode ?? 500) < 300) return answer
  throw failureOf(answer.statusCode ?? 500, await textOf(answer))
}

/** The answer once its head is there. */
function answerOf(endpoint: Endpoint, call: Call, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: endpoint.host,
        port: endpoint.port,
        method: call.method,
        path: call.path,
        ...(call.signal === undefined ? {} : { signal: call.signal }),
        headers: {
          'x-tilt-token': endpoint.token,
          accept: call.accept ?? 'application/json',
          ...(body === undefined
            ? {}
            : { 'content-type': call.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      resolve,
    )
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server has just ended a connection that nobody used. What only reads may be asked again, by another one.
      const again = call.method === 'GET' && outgoing.reusedSocket && error.code === 'ECONNRESET'
      if (again) resolve(answerOf(endpoint, call, body))
      else reject(error)
    })
    outgoing.end(body)
  })
}

/** The whole of an answer as text. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8')
  let text = ''
  for await (const chunk of answer) text += chunk
  return text
}

/** The lines of an answer as they come, in batches. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<readonly string[], void, undefined> {
  answer.setEncoding('utf8')
  let rest = ''
  for await (const chunk of answer) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield lines
  }
  if (rest !== '') yield [rest]
}

function failureOf(code: number, text: string): ApiFailure {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string }
    return new ApiFailure(code, reason ?? '', message ?? text)
  } catch {
    return new ApiFailure(code, '', text.slice(0, 500) || `HTTP ${code}`)
  }
}
