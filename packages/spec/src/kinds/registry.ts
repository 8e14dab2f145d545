import type { ApiTime } from '../time.js'
import type { CmdImage } from '../wire-kinds/cmd-image.js'
import type { DockerComposeLogStream } from '../wire-kinds/docker-compose-log-stream.js'
import type { DockerImage } from '../wire-kinds/docker-image.js'
import type { ImageMap } from '../wire-kinds/image-map.js'
import type { LiveUpdate } from '../wire-kinds/live-update.js'
import type { PodLogStream } from '../wire-kinds/pod-log-stream.js'
import type { Cluster } from './cluster.js'
import { type Cmd, cmdFaults } from './cmd.js'
import type { ConfigMap } from './config-map.js'
import type { DockerComposeService } from './docker-compose-service.js'
import { type Extension, type ExtensionRepo, extensionFaults, extensionRepoFaults } from './extension.js'
import { type FileWatch, fileWatchFaults } from './file-watch.js'
import type { Image } from './image.js'
import { type KubernetesApply, kubernetesApplyFaults } from './kubernetes-apply.js'
import { initialDiscoveryStatus, type KubernetesDiscovery } from './kubernetes-discovery.js'
import type { PortForward } from './port-forward.js'
import type { Resource } from './resource.js'
import type { Session } from './session.js'
import type { SpecFault } from './spec-fault.js'
import type { Tiltfile } from './tiltfile.js'
import { type ToggleButton, toggleButtonFaults } from './toggle-button.js'
import { type UIButton, uiButtonFaults } from './ui-button.js'
import type { UIResource, UISession } from './ui-resource.js'
import type { Update } from './update.js'

export interface ObjectByKind {
  Cluster: Cluster
  Cmd: Cmd
  CmdImage: CmdImage
  ConfigMap: ConfigMap
  DockerComposeLogStream: DockerComposeLogStream
  DockerComposeService: DockerComposeService
  DockerImage: DockerImage
  Extension: Extension
  ExtensionRepo: ExtensionRepo
  FileWatch: FileWatch
  Image: Image
  ImageMap: ImageMap
  KubernetesApply: KubernetesApply
  KubernetesDiscovery: KubernetesDiscovery
  LiveUpdate: LiveUpdate
  PodLogStream: PodLogStream
  PortForward: PortForward
  Resource: Resource
  Session: Session
  Tiltfile: Tiltfile
  ToggleButton: ToggleButton
  UIButton: UIButton
  UIResource: UIResource
  UISession: UISession
  Update: Update
}

export type Kind = keyof ObjectByKind
export type ObjectOf<K extends Kind> = ObjectByKind[K]
export type SpecOf<K extends Kind> = ObjectByKind[K]['spec']
export type StatusOf<K extends Kind> = ObjectByKind[K]['status']

export interface KindInfo {
  readonly kind: Kind
  /** In URLs: `/apis/tilt.dev/v1alpha1/<plural>`. */
  readonly plural: string
  readonly shortNames: readonly string[]
  /** Not served: machinery of the engine. */
  readonly internal: boolean
  /** Whether clients may write the spec. */
  readonly writable: boolean
  /** Whether clients may write the status: what stands there is said by them, as the click of a button. */
  readonly statusWritable: boolean
  /** The status of a new object that a client creates; absent: clients create none of this kind. */
  readonly initialStatus?: ((now: ApiTime) => StatusOf<Kind>) | undefined
  /** What a spec of a client has where it says nothing. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined
  /** What is wrong with a spec beyond the types of its fields. */
  readonly faults?: ((spec: never) => readonly SpecFault[]) | undefined
  /** Whether the spec stands as top-level fields on the wire (ConfigMap). */
  readonly flatSpec: boolean
}

const row = (kind: Kind, plural: string, options: Partial<Omit<KindInfo, 'kind' | 'plural'>> = {}): KindInfo => ({
  kind,
  plural,
  shortNames: [],
  internal: false,
  writable: true,
  statusWritable: false,
  flatSpec: false,
  ...options,
})

/** Every kind there is. The server is generic over this table: a new kind needs no server code. */
export const kinds: Readonly<Record<Kind, KindInfo>> = {
  Cluster: row('Cluster', 'clusters', { writable: false }),
  Cmd: row('Cmd', 'cmds', {
    defaults: { dir: '', env: [] },
    faults: cmdFaults,
    initialStatus: () => ({ ready: false, restarts: 0 }),
  }),
  CmdImage: row('CmdImage', 'cmdimages', { writable: false }),
  ConfigMap: row('ConfigMap', 'configmaps', {
    shortNames: ['cm'],
    flatSpec: true,
    defaults: { data: {} },
    initialStatus: () => ({}),
  }),
  DockerComposeLogStream: row('DockerComposeLogStream', 'dockercomposelogstreams', {
    shortNames: ['dclog', 'dcls'],
    writable: false,
  }),
  DockerComposeService: row('DockerComposeService', 'dockercomposeservices', { shortNames: ['dc'], writable: false }),
  DockerImage: row('DockerImage', 'dockerimages', { writable: false }),
  Extension: row('Extension', 'extensions', {
    shortNames: ['ext'],
    faults: extensionFaults,
    initialStatus: () => ({}),
  }),
  ExtensionRepo: row('ExtensionRepo', 'extensionrepos', {
    shortNames: ['repo', 'extrepo'],
    faults: extensionRepoFaults,
    initialStatus: () => ({}),
  }),
  FileWatch: row('FileWatch', 'filewatches', {
    shortNames: ['fw'],
    defaults: { ignores: [] },
    faults: fileWatchFaults,
    initialStatus: () => ({ fileEvents: [] }),
  }),
  Image: row('Image', 'images', { internal: true, writable: false }),
  ImageMap: row('ImageMap', 'imagemaps', { shortNames: ['im'], writable: false }),
  KubernetesApply: row('KubernetesApply', 'kubernetesapplys', {
    shortNames: ['ka', 'kapp'],
    defaults: { cluster: 'default' },
    faults: kubernetesApplyFaults,
    initialStatus: () => ({ applied: [], appliedOnce: false }),
  }),
  KubernetesDiscovery: row('KubernetesDiscovery', 'kubernetesdiscoveries', {
    shortNames: ['kd', 'kdisco'],
    defaults: { cluster: 'default' },
    initialStatus: () => initialDiscoveryStatus,
  }),
  LiveUpdate: row('LiveUpdate', 'liveupdates', { writable: false }),
  PodLogStream: row('PodLogStream', 'podlogstreams', { shortNames: ['pls'], writable: false }),
  PortForward: row('PortForward', 'portforwards', {
    shortNames: ['pf'],
    defaults: { cluster: 'default' },
    initialStatus: () => ({ forwards: [] }),
  }),
  Resource: row('Resource', 'resources', { internal: true, writable: false }),
  Session: row('Session', 'sessions'),
  Tiltfile: row('Tiltfile', 'tiltfiles'),
  ToggleButton: row('ToggleButton', 'togglebuttons', { faults: toggleButtonFaults, initialStatus: () => ({}) }),
  UIButton: row('UIButton', 'uibuttons', {
    statusWritable: true,
    faults: uiButtonFaults,
    initialStatus: () => ({}),
  }),
  UIResource: row('UIResource', 'uiresources', { writable: false }),
  UISession: row('UISession', 'uisessions', { writable: false }),
  Update: row('Update', 'updates', {
    defaults: { causes: [{ reason: 'trigger', by: 'api' }] },
    initialStatus: (now) => ({ phase: 'queued', queuedAt: now, holds: [], steps: [] }),
  }),
}

/** Names of the objects that a session has one of. */
export const wellKnown = { tiltfile: '(Tiltfile)', session: 'Tiltfile' } as const
