import type Dockerode from 'dockerode'

/** What of a container decides how files come into it. */
export interface ContainerFacts {
  readonly system: 'docker'
  readonly id: string
  /** For people. */
  readonly name: string
  readonly running: boolean
  /** Whether its commands run as root without being told to. */
  readonly root: boolean
  readonly readOnly: boolean
  /** Folders of the container that are kept elsewhere; the engine can copy into these. */
  readonly mounts: readonly string[]
  /** Folders in its memory: the engine would copy to what is hidden below them. */
  readonly memory: readonly string[]
  readonly path: string
}

export function containerFacts(inspected: Dockerode.ContainerInspectInfo): ContainerFacts {
  const { Id, Name, State, Config, HostConfig, Mounts = [], Path } = inspected
  const user = Config.User.split(':')[0] ?? ''
  const inMemory = Mounts.filter(({ Type }) => Type === 'tmpfs').map(({ Destination }) => Destination)
  return {
    system: 'docker',
    id: Id,
    name: Name.replace(/^\//, ''),
    running: State.Running,
    root: user === '' || user === '0' || user === 'root',
    readOnly: HostConfig.ReadonlyRootfs === true,
    mounts: Mounts.filter(({ Type }) => Type !== 'tmpfs').map(({ Destination }) => trimmed(Destination)),
    memory: [...Object.keys(HostConfig.Tmpfs ?? {}), ...inMemory, '/dev', '/proc', '/sys'].map(trimmed),
    path: Path,
  }
}

/** Which of the folders a path is in, the deepest. */
export function folderOf(path: string, folders: readonly string[]): string | undefined {
  const around = folders.filter((folder) => path === folder || path.startsWith(`${folder}/`))
  return around.sort((a, b) => b.length - a.length)[0]
}

function trimmed(folder: string): string {
  return folder.replace(/\/+$/, '')
}
