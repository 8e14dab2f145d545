import type { McpServer } from '@modelcontextprotocol/server'
import type { Client } from '@tiltts/client'
import { InfraError, wellKnown } from '@tiltts/spec'
import { z } from 'zod'
import { answered, getResource, type UseSession } from './session-call.js'

const writes = { readOnlyHint: false, openWorldHint: false } as const
const resources = z.array(z.string()).min(1).describe('Names of resources, as list_resources gives them')

/** Tools that change a session; only where its user allows it. */
export function addWriteTools(server: McpServer, useSession: UseSession): void {
  server.registerTool(
    'trigger',
    {
      description: 'Asks for an update of resources. Use wait and get_status to see what comes of it.',
      inputSchema: z.object({ resources }),
      annotations: writes,
    },
    ({ resources: names }) =>
      answered(() =>
        useSession(async (client) => {
          for (const name of names) await checkEnabled(client, name)
          const updates = await Promise.all(
            names.map((resource) =>
              client.create(
                'Update',
                { generateName: `${resource}-` },
                { resource, causes: [{ reason: 'trigger', by: 'mcp' }] },
              ),
            ),
          )
          return updates
            .map(({ metadata, spec }) => `${spec.resource}: update ${metadata.name} was asked for`)
            .join('\n')
        }),
      ),
  )
  for (const [tool, isDisabled] of [
    ['enable', false],
    ['disable', true],
  ] as const)
    server.registerTool(
      tool,
      {
        description: isDisabled
          ? 'Disables resources: what runs for them is stopped.'
          : 'Enables resources: they are started.',
        inputSchema: z.object({ resources }),
        annotations: { ...writes, destructiveHint: isDisabled },
      },
      ({ resources: names }) => answered(() => useSession((client) => setDisabled(client, names, isDisabled))),
    )
  server.registerTool(
    'args',
    {
      description: 'Replaces the arguments of the config, which is evaluated again; tells those before.',
      inputSchema: z.object({ args: z.array(z.string()).describe('As after -- on the command line; empty: none') }),
      annotations: writes,
    },
    ({ args }) =>
      answered(() =>
        useSession(async (client) => {
          const { spec } = await client.get('Tiltfile', wellKnown.tiltfile)
          await client.patch('Tiltfile', wellKnown.tiltfile, { spec: { args } })
          return `Arguments are ${JSON.stringify(args)}; they were ${JSON.stringify(spec.args)}`
        }),
      ),
  )
}

async function checkEnabled(client: Client, name: string): Promise<void> {
  const { status } = await getResource(client, name)
  if (status.disableStatus.state === 'Disabled')
    throw new InfraError('session/unknown-resource', 'session', `The resource ${JSON.stringify(name)} is disabled`)
}

/** All names are looked at before anything is changed. */
async function setDisabled(client: Client, names: readonly string[], isDisabled: boolean): Promise<string> {
  const rows = await Promise.all(names.map((name) => getResource(client, name)))
  const sources = rows.map(({ status }) => status.disableStatus.sources)
  const fixed = names.filter((_, index) => sources[index]?.length === 0)
  if (fixed.length > 0)
    throw new InfraError('session/unknown-resource', 'session', `Cannot be switched: ${fixed.join(', ')}`)
  for (const { configMap } of sources.flat())
    await client.patch('ConfigMap', configMap.name, { data: { [configMap.key]: String(isDisabled) } })
  return `${isDisabled ? 'Disabled' : 'Enabled'}: ${names.join(', ')}`
}
