import { type McpServer, ResourceTemplate, type Variables } from '@modelcontextprotocol/server'
import { defaultBounds } from './bounded.js'
import { completeNames } from './complete-names.js'
import { byUrgency } from './resource-facts.js'
import type { UseSession } from './session-call.js'
import { logData, statusData } from './session-texts.js'

/** Of very many resources only so many are listed; all are found by their names. */
const mostListed = 100
/** Lines of a log that is read as a whole. */
const logBounds = { ...defaultBounds, lines: 200 }

type View = 'status' | 'log'

/** Things of a session that a user can put before an agent: how each of its resources stands, and the end of its log. */
export function addResources(server: McpServer, useSession: UseSession): void {
  const read = (view: View, name: string): Promise<string> =>
    useSession((client) =>
      view === 'status' ? statusData(client, name) : logData(client, { resources: [name], bounds: logBounds }),
    )
  for (const [view, what] of [
    ['status', 'state'],
    ['log', 'newest log lines'],
  ] as const) {
    const template = new ResourceTemplate(`tiltts://resources/{name}/${view}`, {
      list: async () => ({
        resources: (await useSession((client) => client.list('UIResource')))
          .toSorted(byUrgency)
          .slice(0, mostListed)
          .map(({ metadata: { name } }) => ({
            uri: `tiltts://resources/${encodeURIComponent(name)}/${view}`,
            name: `${name} ${view}`,
            mimeType: 'text/plain',
          })),
      }),
      complete: { name: completeNames(useSession) },
    })
    const description = `The ${what} of one resource, as data`
    server.registerResource(view, template, { description, mimeType: 'text/plain' }, async (uri, variables) => ({
      contents: [{ uri: uri.href, mimeType: 'text/plain', text: await read(view, nameIn(variables)) }],
    }))
  }
}

/** The library leaves variables as they stand in the URI. */
const nameIn = ({ name }: Variables): string => decodeURIComponent(String(name))
