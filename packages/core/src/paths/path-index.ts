/** Who owns which paths: an owner of a folder owns all below it. Absolute paths with slashes. */
export interface PathIndex<T> {
  add(path: string, owner: T): void
  delete(path: string, owner: T): void
  /** Owners of the path or of a folder it is in. The cost is that of the path's depth. */
  ownersOf(path: string): ReadonlySet<T>
  /** Owners of the path, of a folder it is in, or of anything below it. */
  ownersAround(path: string): ReadonlySet<T>
}

interface Node<T> {
  readonly owners: Set<T>
  readonly children: Map<string, Node<T>>
}

/**
 * An empty index.
 * @example
 * const index = createPathIndex<string>()
 * index.add('/app/src', 'web')
 * index.ownersOf('/app/src/main.ts')  // web
 */
export function createPathIndex<T>(): PathIndex<T> {
  const root = newNode<T>()

  /** The nodes from the root towards a path, as far as there are any. */
  const walk = (path: string): readonly Node<T>[] => {
    const nodes = [root]
    let node: Node<T> | undefined = root
    for (const segment of segmentsOf(path)) {
      node = node.children.get(segment)
      if (node === undefined) break
      nodes.push(node)
    }
    return nodes
  }

  return {
    add(path, owner) {
      let node = root
      for (const segment of segmentsOf(path)) {
        const child = node.children.get(segment) ?? newNode<T>()
        node.children.set(segment, child)
        node = child
      }
      node.owners.add(owner)
    },
    delete(path, owner) {
      const segments = segmentsOf(path)
      const nodes = walk(path)
      if (nodes.length <= segments.length) return
      nodes.at(-1)?.owners.delete(owner)
      for (let depth = segments.length; depth > 0; depth--) {
        const node = nodes[depth]
        if (node === undefined || node.owners.size > 0 || node.children.size > 0) return
        nodes[depth - 1]?.children.delete(segments[depth - 1] ?? '')
      }
    },
    ownersOf: (path) => new Set(walk(path).flatMap((node) => [...node.owners])),
    ownersAround(path) {
      const nodes = walk(path)
      const out = new Set(nodes.flatMap((node) => [...node.owners]))
      if (nodes.length > segmentsOf(path).length) collectBelow(nodes.at(-1), out)
      return out
    },
  }
}

function newNode<T>(): Node<T> {
  return { owners: new Set(), children: new Map() }
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function collectBelow<T>(start: Node<T> | undefined, out: Set<T>): void {
  const todo = start === undefined ? [] : [...start.children.values()]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    for (const owner of node.owners) out.add(owner)
    todo.push(...node.children.values())
  }
}
