import { completable, type McpServer } from '@modelcontextprotocol/server'
import type { Client } from '@tiltts/client'
import type { UIResource } from '@tiltts/spec'
import { z } from 'zod'
import { timelineText } from '../terminal/timeline-text.js'
import { asData } from './as-data.js'
import type { Bounds } from './bounded.js'
import { completeNames } from './complete-names.js'
import { byUrgency, hasFailed, isReady } from './resource-facts.js'
import { getResource, type UseSession } from './session-call.js'
import { logData, whyData } from './session-texts.js'

/** What one prompt holds of each resource: together no more than the answer of a tool. */
const mostResources = 4
const whyBounds: Bounds = { lines: 40, characters: 2_000, keep: 'start' }
const logBounds: Bounds = { lines: 60, characters: 3_000 }

/** Questions that users ask again and again, with the facts that an answer begins with. */
export function addPrompts(server: McpServer, useSession: UseSession): void {
  server.registerPrompt(
    'why_is_it_red',
    {
      title: 'Why is it red?',
      description: 'Find out why a resource, or whatever has failed, is not ready',
      argsSchema: z.object({
        resource: completable(
          z.string().describe('The resource; absent: all that have failed'),
          completeNames(useSession),
        ).optional(),
      }),
    },
    async ({ resource }) => asked(await useSession((client) => redText(client, resource || undefined))),
  )
  server.registerPrompt(
    'why_is_it_slow',
    { title: 'Why is the start slow?', description: 'Find out what the start-up spends its time on' },
    async () => asked(await useSession(slowText)),
  )
}

interface Asked {
  readonly messages: { readonly role: 'user'; readonly content: { readonly type: 'text'; readonly text: string } }[]
  readonly [key: string]: unknown
}

const asked = (text: string): Asked => ({ messages: [{ role: 'user', content: { type: 'text', text } }] })

async function redText(client: Client, name: string | undefined): Promise<string> {
  const red = name === undefined ? notWell(await client.list('UIResource')) : [await getResource(client, name)]
  if (red.length === 0) return 'Everything is ready in the running tiltts session. Say so.'
  const names = red.slice(0, mostResources).map(({ metadata }) => metadata.name)
  const facts: string[] = []
  for (const one of names)
    facts.push(await whyData(client, one, whyBounds), await logData(client, { resources: [one], bounds: logBounds }))
  return [...taskOf(red, names), ...facts].join('\n\n')
}

function taskOf(red: readonly UIResource[], names: readonly string[]): readonly string[] {
  const who = `${names.join(', ')} of the running tiltts session`
  if (red.every(isReady)) return [`${who} is ready. Say so, and tell from the facts below why its last update ran.`]
  const more = red.length > names.length ? ` ${red.length - names.length} more are not ready, see list_resources.` : ''
  return [
    `Find out why ${who} ${names.length === 1 ? 'is' : 'are'} not ready, and what to change.${more}`,
    'Begin with what waits for nothing else itself. get_logs and get_status tell more; explain_file tells what an edit would do. Name the file and line where you can, and say how sure you are.',
  ]
}

/** What has failed; where nothing has, what is not ready yet. */
function notWell(resources: readonly UIResource[]): readonly UIResource[] {
  const failed = resources.filter(hasFailed)
  const waiting = resources.filter(
    (resource) => !isReady(resource) && resource.status.disableStatus.state !== 'Disabled' && isUnderWay(resource),
  )
  return (failed.length > 0 ? failed : waiting).toSorted(byUrgency)
}

/** What nobody has asked for is not ready, and that is well. */
const isUnderWay = ({ status }: UIResource): boolean =>
  [status.updateStatus, status.runtimeStatus].some((state) => state === 'pending' || state === 'in_progress')

async function slowText(client: Client): Promise<string> {
  return [
    'Find out what the start-up of the running tiltts session spends its time on, and what would make it faster.',
    'Only what is on the critical path counts. why and get_logs tell more of one resource. Look at the config and the files it builds from before you propose a change.',
    asData('timeline', timelineText(await client.timeline())),
  ].join('\n\n')
}
