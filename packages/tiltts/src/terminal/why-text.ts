import type { WaitNode, Why, WhyUpdate } from '@tiltts/spec'
import { shortDuration } from './row.js'
import { renderTree, treesOf } from './tree.js'

/** Why a resource is where it is, for people. */
export function whyText({ resource, stand, message, waits, chain }: Why): string {
  const head =
    waits.length > 0 ? waitsText(waits) : `${resource} is ${stand}${message === stand ? '' : `: ${message}`}\n`
  return `${head}${chainText(chain)}`
}

function waitsText(waits: readonly WaitNode[]): string {
  const byId = new Map(waits.map((node) => [node.id, node]))
  const trees = treesOf(
    waits.slice(0, 1).map(({ id }) => id),
    (id) => {
      const node = byId.get(id)
      return node === undefined ? { text: id, on: [] } : { text: nodeText(node), on: node.on }
    },
  )
  return renderTree(trees)
}

function nodeText({ kind, name, reason, message }: WaitNode): string {
  const what = kind === 'UIResource' ? name : `${kind} ${name}`
  return message === reason ? `${what}: ${reason}` : `${what} (${reason}): ${message}`
}

/** What update ran, and below it what it follows from. */
function chainText(chain: readonly WhyUpdate[]): string {
  const [first] = chain
  if (first === undefined) return ''
  const byName = new Map(chain.map((update) => [update.update, update]))
  const trees = treesOf([first.update], (id) => {
    const [name = '', index] = split(id)
    const update = byName.get(name)
    if (update === undefined) return { text: id, on: [] }
    if (index === undefined)
      return { text: updateText(update), on: update.causes.map((_, at) => `${name}${separator}${at}`) }
    const cause = update.causes[index]
    const follows = cause?.update !== undefined && byName.has(cause.update) ? [cause.update] : []
    return { text: `because ${cause?.message ?? ''}`, on: follows }
  })
  return `\n${renderTree(trees)}${first.waited.map(waitText).join('')}`
}

const separator = '\n'

function split(id: string): readonly [string, number | undefined] {
  const at = id.lastIndexOf(separator)
  return at < 0 ? [id, undefined] : [id.slice(0, at), Number(id.slice(at + 1))]
}

function updateText({ update, phase, startTime, finishTime, error, skipped, liveUpdate, fallback }: WhyUpdate): string {
  const ms =
    startTime === undefined || finishTime === undefined ? undefined : Date.parse(finishTime) - Date.parse(startTime)
  const notes = [
    ...(ms === undefined ? [] : [shortDuration(ms)]),
    ...(liveUpdate === true ? ['live update'] : []),
    ...(skipped === undefined ? [] : [`skipped: ${skipped}`]),
    ...(fallback === undefined ? [] : [`no live update: ${fallback}`]),
  ]
  return `Update ${update} ${phase}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}${error === undefined ? '' : `: ${error}`}`
}

function waitText({ message, ms }: WhyUpdate['waited'][number]): string {
  return `It was ${message} for ${shortDuration(ms)}\n`
}
