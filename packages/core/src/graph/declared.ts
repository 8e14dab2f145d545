import type {
  ComposeDeploy,
  ComposeService,
  LocalResourceNode,
  NamedRef,
  Place,
  ResourceNode,
  ResourceNodeBase,
} from '@tiltts/spec'

/** A service of compose with all that the config says of it: what becomes a resource. */
export interface ServiceNode extends ResourceNodeBase {
  readonly kind: 'docker-compose'
  readonly service: ComposeService
  readonly project: ComposeDeploy['project']
  /** Where the project was named in the config. */
  readonly projectPlace: Place | undefined
  /** The image that the config gives it, whatever its own is called. */
  readonly image: NamedRef | undefined
}

/** What becomes a resource, whatever runs it. */
export type DeclaredNode = ResourceNode | ServiceNode

export function isLocal(node: DeclaredNode): node is LocalResourceNode {
  return node.kind === 'local'
}

export function isService(node: DeclaredNode): node is ServiceNode {
  return node.kind === 'docker-compose'
}

/** What kind of thing has a name, in words. */
export function kindText({ kind }: DeclaredNode): string {
  return kind === 'local' ? 'local resource' : 'compose service'
}
