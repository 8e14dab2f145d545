import type { McpServer } from '@modelcontextprotocol/server'
import type { UIResource } from '@tiltts/spec'
import { z } from 'zod'
import { asData } from './as-data.js'
import { defaultBounds } from './bounded.js'
import { hasFailed, isReady, resourceFacts } from './resource-facts.js'
import { answered, getResource, type UseSession } from './session-call.js'
import { logData, statusData } from './session-texts.js'

/** Hints for clients: nothing changes, and nothing beyond the session is asked. */
export const readOnly: { readonly readOnlyHint: true; readonly openWorldHint: false } = {
  readOnlyHint: true,
  openWorldHint: false,
}
/** The name of a resource as an argument of a tool. */
export const name: z.ZodString = z.string().describe('Name of a resource, as list_resources gives it')

/** Tools that look at a session and change nothing. */
export function addReadTools(server: McpServer, useSession: UseSession): void {
  server.registerTool(
    'list_resources',
    {
      description:
        'All resources of the running session with their state, one JSON object a line. Of very many only the last are shown: ask for fewer then.',
      inputSchema: z.object({
        label: z.string().optional().describe('Only those with this label'),
        notReady: z.boolean().optional().describe('Only those that are not ready and not disabled'),
      }),
      annotations: readOnly,
    },
    ({ label, notReady }) =>
      answered(() =>
        useSession(async (client) => {
          const rows = (await client.list('UIResource'))
            .map(resourceFacts)
            .filter(({ labels }) => label === undefined || labels.includes(label))
            .filter(({ ready, disabled }) => notReady !== true || !(ready || disabled))
          return asData('resources', rows.map((row) => JSON.stringify(row)).join('\n'))
        }),
      ),
  )
  server.registerTool(
    'get_status',
    {
      description: 'The state of one resource: what it waits for, its links, its last updates and why they ran.',
      inputSchema: z.object({ resource: name }),
      annotations: readOnly,
    },
    ({ resource }) => answered(() => useSession((client) => statusData(client, resource))),
  )
  server.registerTool(
    'get_logs',
    {
      description: `The newest log lines, at most ${defaultBounds.lines} lines and ${defaultBounds.characters} characters.`,
      inputSchema: z.object({
        resources: z.array(name).optional().describe('Of these only; absent: of all'),
        source: z.enum(['all', 'build', 'runtime']).optional(),
        level: z.enum(['debug', 'verbose', 'info', 'warn', 'error']).optional().describe('This level and those above'),
        lines: z.number().int().min(1).max(defaultBounds.lines).optional().describe('@default 100'),
        sinceSeconds: z.number().positive().optional().describe('Only lines of so many seconds'),
      }),
      annotations: readOnly,
    },
    ({ resources, source, level, lines = 100, sinceSeconds }) =>
      answered(() => {
        const since = sinceSeconds === undefined ? undefined : Date.now() - sinceSeconds * 1000
        const bounds = { ...defaultBounds, lines }
        return useSession((client) => logData(client, { resources, source, level, since, bounds }))
      }),
  )
  server.registerTool(
    'wait',
    {
      description: 'Waits until a resource is ready or has failed, or the time is up; says how it stands then.',
      inputSchema: z.object({
        resource: name,
        timeoutSeconds: z.number().positive().max(600).optional().describe('@default 60'),
      }),
      annotations: readOnly,
    },
    ({ resource, timeoutSeconds = 60 }, { mcpReq }) =>
      answered(() =>
        useSession(async (client) => {
          let last = await getResource(client, resource)
          const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
          const signal = AbortSignal.any([mcpReq.signal, timeout])
          let isGone = false
          try {
            for await (const { type, object } of client.watch('UIResource', { name: resource, signal })) {
              last = object
              isGone = type === 'DELETED'
              if (isGone || isReady(object) || hasFailed(object)) break
            }
          } catch (error) {
            if (!signal.aborted) throw error
          }
          const head = isGone
            ? 'gone'
            : standing(last, timeout.aborted ? `is not ready after ${timeoutSeconds} s` : 'is not ready')
          return `${resource} ${head}\n${asData(`state of ${resource}`, JSON.stringify(resourceFacts(last), null, 2))}`
        }),
      ),
  )
}

function standing(resource: UIResource, otherwise: string): string {
  if (isReady(resource)) return 'is ready'
  return hasFailed(resource) ? 'has failed' : otherwise
}
