/** A line, and what stands below it. */
export interface TreeNode {
  readonly text: string
  readonly children: readonly TreeNode[]
}

/** Nodes with all below as lines, indented with `├─` and `└─`; those at the top stand at the margin. */
export function renderTree(nodes: readonly TreeNode[]): string {
  const lines: string[] = []
  // A stack of its own: chains may be long.
  const stack = nodes.toReversed().map((node) => ({ node, own: '', below: '' }))
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, own, below } = next
    lines.push(`${own}${node.text}\n`)
    const last = node.children.at(-1)
    for (const child of node.children.toReversed()) {
      const isLast = child === last
      stack.push({ node: child, own: `${below}${isLast ? '└─ ' : '├─ '}`, below: `${below}${isLast ? '   ' : '│  '}` })
    }
  }
  return lines.join('')
}

/**
 * Things that lead to others as trees: what stands at several places is written out at the first of them and named at the
 * others, so that the text grows with the things and not with the ways to them.
 *
 * @param look - how a thing is shown, and the ids of what stands below it
 */
export function treesOf(
  ids: readonly string[],
  look: (id: string) => { readonly text: string; readonly on: readonly string[] },
): readonly TreeNode[] {
  const seen = new Set<string>()
  const grow = (id: string): TreeNode & { children: TreeNode[] } => ({ text: look(id).text, children: [] })
  const roots = ids.map((id) => ({ id, node: grow(id) }))
  const stack = roots.toReversed()
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { on } = look(next.id)
    if (seen.has(next.id)) {
      if (on.length > 0) next.node.children.push({ text: '(see above)', children: [] })
      continue
    }
    seen.add(next.id)
    const below = on.map((id) => ({ id, node: grow(id) }))
    next.node.children.push(...below.map(({ node }) => node))
    stack.push(...below.toReversed())
  }
  return roots.map(({ node }) => node)
}
