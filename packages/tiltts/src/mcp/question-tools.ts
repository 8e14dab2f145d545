import { resolve } from 'node:path'
import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { explainFileText } from '../terminal/explain-file-text.js'
import { timelineText } from '../terminal/timeline-text.js'
import { asData } from './as-data.js'
import { name, readOnly } from './read-tools.js'
import { answered, type UseSession } from './session-call.js'
import { fromStart, whyData } from './session-texts.js'

/** Tools that answer questions which would take an agent many looks at states and logs. */
export function addQuestionTools(server: McpServer, useSession: UseSession): void {
  server.registerTool(
    'why',
    {
      description:
        'Everything a resource waits for, down to what is really in the way; then its last update with the chain of its causes. Ask this first when something is not ready.',
      inputSchema: z.object({ resource: name }),
      annotations: readOnly,
    },
    ({ resource }) => answered(() => useSession((client) => whyData(client, resource))),
  )
  server.registerTool(
    'explain_file',
    {
      description:
        'What an edit of a file would do now: which resources watch it, which rule ignores it, whether images are built or a live update brings it into containers, and why not. The file need not exist.',
      inputSchema: z.object({ path: z.string().describe('Absolute, or from the folder in which this server runs') }),
      annotations: readOnly,
    },
    ({ path }) =>
      answered(() =>
        useSession(async (client) => {
          const explained = await client.explainFile(resolve(path))
          return asData(`effect of an edit of ${JSON.stringify(path)}`, explainFileText(explained), fromStart)
        }),
      ),
  )
  server.registerTool(
    'timeline',
    {
      description:
        'What updates spent their time on: queue, hash, build, push, apply, ready; then the critical path of the start-up.',
      inputSchema: z.object({ resources: z.array(name).optional().describe('Of these only; absent: of all') }),
      annotations: readOnly,
    },
    ({ resources }) =>
      answered(() =>
        useSession(async (client) => asData('timeline', timelineText(await client.timeline(resources ?? [])))),
      ),
  )
}
