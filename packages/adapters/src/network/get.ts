import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { HttpRequest, ProbeAnswer } from '@tiltts/runtime/ports'
import { reach, sameHost } from './address.js'
import { describeFailure } from './failure.js'

const MAX_REDIRECTS = 10
const BODY_SHOWN = 200

/** Asks by GET and follows redirects to the same host. Returns how to give up. */
export function get({ url, headers }: HttpRequest, end: (answer: ProbeAnswer) => void): () => void {
  let current: ClientRequest | undefined
  let over = false

  const fail = (output: string): void => {
    end({ ok: false, output })
  }

  const ask = async (target: URL, hop: number): Promise<void> => {
    const request = target.protocol === 'https:' ? (await import('node:https')).request : httpRequest
    if (over) return
    const sent = request(target, {
      // No agent keeps the connection for later: a probe must see a server that no longer accepts.
      agent: false,
      // A service under development signs its certificate itself.
      ...(target.protocol === 'https:' && { rejectUnauthorized: false }),
      headers: { 'user-agent': 'tiltts-probe', accept: '*/*', ...lowerCase(headers) },
      ...reach(target.hostname),
    })
    current = sent
    sent.on('response', (response) => answer(response, target, hop))
    sent.on('error', (error) => {
      if (current === sent) fail(describeFailure(error, target.hostname))
    })
    sent.end()
  }

  const answer = (response: IncomingMessage, from: URL, hop: number): void => {
    const { statusCode = 0, statusMessage = '' } = response
    const line = `HTTP ${statusCode} ${statusMessage}`.trim()
    if (statusCode < 200 || statusCode >= 400) {
      readStart(response, (body) => fail(body === '' ? line : `${line}: ${body}`))
      return
    }
    current = undefined
    drain(response)
    const { location } = response.headers
    if (statusCode < 300 || location === undefined) end({ ok: true, output: line })
    else if (!URL.canParse(location, from.href)) fail(`${line}: redirected to what is no URL: "${location}"`)
    else redirect(new URL(location, from), line)

    function redirect(next: URL, said: string): void {
      if (!sameHost(next.hostname, from.hostname)) {
        end({ ok: true, output: said, warning: `redirected to another host: ${next.href}` })
      } else if (hop === MAX_REDIRECTS) fail(`stopped after ${MAX_REDIRECTS} redirects`)
      else go(next, hop + 1)
    }
  }

  const go = (target: URL, hop: number): void => {
    if (target.protocol !== 'http:' && target.protocol !== 'https:') fail(`not an http or https URL: "${target.href}"`)
    else ask(target, hop).catch((error: Error) => fail(`cannot ask: ${error.message}`))
  }

  if (URL.canParse(url)) go(new URL(url), 0)
  else fail(`not a URL: "${url}"`)
  return () => {
    over = true
    current?.destroy()
  }
}

/** The first characters of a body, on one line. A body that does not end is not waited for. */
function readStart(response: IncomingMessage, done: (text: string) => void): void {
  let text = ''
  const end = (): void => {
    clearTimeout(timer)
    done(text.replace(/\s+/g, ' ').trim().slice(0, BODY_SHOWN))
  }
  const timer = setTimeout(end, 200)
  response.setEncoding('utf8')
  response.on('data', (piece: string) => {
    text += piece
    if (text.length >= 10 * BODY_SHOWN) end()
  })
  response.on('end', end)
  response.on('error', end)
}

/**
 * Takes a body that nobody wants to its end, since a server whose client hangs up in the middle may log an error. Endless ones
 * are cut off.
 */
function drain(response: IncomingMessage): void {
  let bytes = 0
  const timer = setTimeout(() => response.destroy(), 1000)
  response.socket.unref()
  timer.unref()
  response.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > 65_536) response.destroy()
  })
  response.on('close', () => clearTimeout(timer))
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
