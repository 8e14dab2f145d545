import type { Client } from '@tiltts/client'
import type { LogLine } from '@tiltts/spec'
import { hasColour } from '../terminal/colour.js'
import { createLogPrinter } from '../terminal/log-printer.js'

/** Prints the logs of resources from now on. The returned function ends that, once all that was said until then is printed. */
export async function followLogs(client: Client, resources: readonly string[]): Promise<() => Promise<void>> {
  const printer = createLogPrinter({
    write: (text) => process.stdout.write(text),
    colour: hasColour(process.stdout),
    json: false,
    minLevel: 'debug',
    resources,
  })
  const last = await lastLine(client, resources)
  let next = last === undefined ? 0 : last.seq + 1
  const print = (lines: readonly LogLine[]): void => {
    const fresh = lines.filter((line) => line.seq >= next)
    next = Math.max(next, ...fresh.map((line) => line.seq + 1))
    printer.printLines(fresh)
    printer.flush()
  }
  const controller = new AbortController()
  // By the server's own clock, and from before now, since the stream begins only when the request has come there.
  const options = { resources, since: last?.time, follow: true, signal: controller.signal }
  const following = (async () => {
    try {
      for await (const lines of client.logs(options)) print(lines)
    } catch (error) {
      if (!controller.signal.aborted) throw error
    }
  })()
  return async () => {
    controller.abort()
    await following
    // What was said while the stream was being ended.
    for await (const lines of client.logs({ resources, since: last?.time })) print(lines)
    printer.end()
  }
}

async function lastLine(client: Client, resources: readonly string[]): Promise<LogLine | undefined> {
  let last: LogLine | undefined
  for await (const lines of client.logs({ resources, tail: 1 })) last = lines.at(-1) ?? last
  return last
}
