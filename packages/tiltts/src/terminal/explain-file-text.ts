import type { FileEffect, FileExplanation, IgnoredBy, LiveUpdateHit } from '@tiltts/spec'
import { renderTree, type TreeNode } from './tree.js'

/** What an edit of a path would do, for people. */
export function explainFileText({ path, message, config, resources }: FileExplanation): string {
  const trees: readonly TreeNode[] = [
    node(`config: ${config.message}`, config.ignored === undefined ? [] : [ignoredText(config.ignored)]),
    ...resources.map(resourceTree),
  ]
  return `${path}: ${message}\n\n${renderTree(trees)}`
}

const node = (text: string, below: readonly (string | TreeNode)[] = []): TreeNode => ({
  text,
  children: below.map((one) => (typeof one === 'string' ? { text: one, children: [] } : one)),
})

function resourceTree({ resource, effect, message, watches, images, liveUpdates, fallback }: FileEffect): TreeNode {
  return node(`${resource}: ${effect} (${message})`, [
    ...(fallback === undefined ? [] : [`no live update: ${fallback}`]),
    ...watches.map(({ watch, watchedPath, ignored }) =>
      node(`watch ${watch}: ${watchedPath}`, ignored === undefined ? [] : [ignoredText(ignored)]),
    ),
    ...images.map(({ image, input }) => `built into the image ${image}: ${input}`),
    ...liveUpdates.map(liveUpdateTree),
  ])
}

function liveUpdateTree({ image, message, ignored, runs, restart }: LiveUpdateHit): TreeNode {
  return node(`live update of ${image}: ${message}`, [
    ...(ignored === undefined ? [] : [ignoredText(ignored)]),
    ...runs.map((run) => `runs in the container: ${run}`),
    ...(restart === undefined ? [] : [`then restarts the ${restart}`]),
  ])
}

function ignoredText({ pattern, folder, origin, place }: IgnoredBy): string {
  const where = place === undefined ? '' : ` at ${place.file}:${place.line}`
  return `ignored by ${JSON.stringify(pattern)} below ${folder} (${origin}${where})`
}
