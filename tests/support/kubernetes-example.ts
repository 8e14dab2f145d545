import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { builtImages, type ExampleProject, exampleProject, lines, removeImages } from './example-project.js'
import { type RunningTiltts, runTiltts } from './tiltts.js'

/** A copy of an example of Kubernetes, in a namespace of its own. */
export interface KubernetesExample extends ExampleProject {
  readonly namespace: string
  /** Ctrl-C, which leaves everything in the cluster, then `down`, which leaves the namespace only. */
  end(dev: RunningTiltts): Promise<void>
  /** What `kubectl get` prints of objects in the namespace. */
  get(...args: string[]): string
  /** Names of the pods with a label `app` that are not being deleted. */
  pods(app: string): readonly string[]
  /** Runs a command in the pod with a label `app`. */
  inside(app: string, ...command: string[]): string
  /** Versions of everything in the namespace that a config deploys: a write to the cluster is another text. */
  versions(): string
}

/**
 * Copies the example in a folder to a project of its own: its name, which its namespace, its images and the group of its
 * kinds have, is replaced by one of this test, and each port gets a 1 in front (8201 becomes 18201). Its namespace, kinds and
 * images are gone when the test has finished.
 */
export function kubernetesExample(folder: string, name: string): KubernetesExample {
  const project = exampleProject(folder)
  const namespace = `${name}-${randomBytes(4).toString('hex')}`
  for (const file of readdirSync(project.folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || file.parentPath.includes('node_modules')) continue
    const path = `${file.parentPath}/${file.name}`.slice(project.folder.length + 1)
    const text = project.read(path)
    const own = text.replaceAll(name, namespace)
    const ported = path === 'tilt.config.ts' ? own.replaceAll(/\b(82\d\d)\b/g, '1$1') : own
    if (ported !== text) project.write(path, ported)
  }
  const images = builtImages(project.read('tilt.config.ts'))
  onTestFinished(async () => {
    await runTiltts(project, ['down', '--delete-namespaces'])
    lines('kubectl', 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false')
    removeImages(images.flatMap((ref) => [`${ref}:*`, `*/${ref.replaceAll('/', '_')}:*`]))
  })

  const kubectl = (...args: string[]): string =>
    execFileSync('kubectl', ['--namespace', namespace, ...args], { encoding: 'utf8' })
  const get = (...args: string[]): string => kubectl('get', ...args)
  const pods = (app: string): readonly string[] =>
    lines(
      ...(['kubectl', '--namespace', namespace, 'get', 'pods', '--selector', `app=${app}`, '--output'] as const),
      'go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}}{{"\\n"}}{{end}}{{end}}',
    )
  const deployed = 'deployments,services,configmaps,jobs'
  const labelled = ['--selector', 'app.kubernetes.io/managed-by=tilt', '--output', 'name']
  return {
    ...project,
    namespace,
    async end(dev) {
      dev.signal('SIGINT')
      const { code } = await dev.finished
      if (code !== 130) throw new Error(`dev ended with ${code}`)
      if (get(deployed, ...labelled) === '') throw new Error('what was deployed went with dev')
      const down = await runTiltts(project, ['down'])
      if (down.code !== 0) throw new Error(`down (${down.code}): ${down.stderr}`)
    },
    get,
    pods,
    inside: (app, ...command) => kubectl('exec', `deployment/${app}`, '--', ...command),
    versions: () =>
      get(
        deployed,
        ...labelled.slice(0, 2),
        '--output',
        'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation} {.metadata.managedFields[?(@.operation=="Apply")].time}{"\\n"}{end}',
      ),
  }
}
