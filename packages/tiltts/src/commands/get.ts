import type { Command } from '../cli/command.js'
import { endWithReader } from '../reading/end-with-reader.js'
import { reporting } from '../reading/failures.js'
import { getOnce } from '../reading/get.js'
import { getFlags, readGetOptions } from '../reading/get-options.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<type>[,<type>…] [name…] | <type>/<name>…',
  summary: 'print objects of the running session',
  details: `Prints objects as a table, or in another form with -o. tiltts api-resources lists the types.

  tiltts get uiresources
  tiltts get uiresource api -o json
  tiltts get uiresources -o jsonpath='{range .items[*]}{.metadata.name}={.status.updateStatus}{"\\n"}{end}'
  tiltts get uiresources --watch --ndjson`,
  flags: { ...sessionFlags, ...getFlags },
  async run(invocation) {
    const options = readGetOptions(invocation)
    endWithReader()
    return withSession(invocation, (client) =>
      reporting(async () => {
        if (options.watch === 'no') return getOnce(client, options)
        return (await import('../reading/watch.js')).getAndWatch(client, options)
      }),
    )
  },
}
