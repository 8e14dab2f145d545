import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { type ClusterProject, clusterProject } from './cluster-project.js'
import { answered, freePort, leftIn } from './extension-world.js'
import { busybox } from './luck-project.js'

const skip = skipReason('docker', 'kubernetes')

const config = (port: number): string => `
import { dockerBuild } from 'tiltts'
import { helmResource } from '@tiltts/extensions/helm-resource'
helmResource('web', './chart', {
  releaseName: 'shop',
  values: './values.yaml',
  imageDeps: [dockerBuild('IMAGE', './web')],
  imageKeys: [['image.repository', 'image.tag']],
  portForwards: '${port}:8080',
})
`

/** A web server in the image that is built, and a Job that helm runs before the first version of the release. */
const files = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'chart/templates/deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}-web" }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          env: [{ name: GREETING, value: "{{ .Values.greeting }}" }]
          ports: [{ containerPort: 8080 }]
`,
  'chart/templates/prepare.yaml': `
apiVersion: batch/v1
kind: Job
metadata:
  name: prepare
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: "${busybox}", imagePullPolicy: IfNotPresent, command: ["true"] }]
`,
  'values.yaml': 'greeting: hello\n',
  'web/Dockerfile': `FROM busybox:latest
COPY text.txt /text.txt
CMD mkdir /www && echo "$GREETING $(cat /text.txt)" > /www/index.html && exec httpd -f -p 8080 -h /www
`,
  'web/text.txt': 'world\n',
}

describe.skipIf(skip !== undefined)(`a release of helm as a resource${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('EXT-45, EXT-46, EXT-47, DOWN-03: is installed with its hooks and images, upgraded by edits, and uninstalled', async () => {
    const port = await freePort()
    const project = await clusterProject(config(port), files)
    const session = ['--namespace', project.namespace]
    const dev = startTiltts(project, ['dev', ...session, '--port', '0', '--stream'])
    await answered(dev, port, 'hello world\n')
    const image = await project.kubectl('get', 'deployments', '-o', 'jsonpath={..containers[0].image}')
    expect(image).toMatch(new RegExp(`^127\\.0\\.0\\.1:5000/${project.namespace}_api:tilt-[0-9a-f]{16}$`))
    // A hook is helm's affair, also to remove it.
    expect(await jobsDone(project)).toBe('prepare')
    expect(await project.kubectl('get', 'jobs', '-o', 'name')).toBe('')

    // Its values are no part of an image.
    const built = builds(dev.stdout())
    project.write('values.yaml', 'greeting: goodbye\n')
    await answered(dev, port, 'goodbye world\n')
    expect(builds(dev.stdout())).toBe(built)

    // Another image is another value.
    project.write('web/text.txt', 'moon\n')
    await answered(dev, port, 'goodbye moon\n')

    // What helm refuses is said, and what runs goes on; mended, it goes through.
    const broken = files['chart/templates/deployment.yaml'].replace('.Values.greeting', '.Values.greeting | oops')
    project.write('chart/templates/deployment.yaml', broken)
    await dev.printed(/function "oops" not defined/, 30_000)
    await answered(dev, port, 'goodbye moon\n')
    project.write('chart/templates/deployment.yaml', files['chart/templates/deployment.yaml'])
    project.write('values.yaml', 'greeting: good\n')
    await answered(dev, port, 'good moon\n')
    dev.signal('SIGINT')
    expect((await dev.finished).code).toBe(130)

    const ci = await runTiltts(project, ['ci', ...session])
    expect(ci).toMatchObject({ code: 0 })
    const down = await runTiltts(project, ['down', ...session])
    expect(down).toMatchObject({ code: 0 })
    await until('nothing of it is left', async () => (await leftIn(project.namespace)).length === 0, 20_000)
    // Down once more finds nothing to remove, and that is fine.
    expect(await runTiltts(project, ['down', ...session])).toMatchObject({ code: 0 })
  }, 240_000)
})

const builds = (log: string): number => log.split('FROM ').length

/** Names of the Jobs that have run to their end. */
function jobsDone(project: ClusterProject): Promise<string> {
  const done = ['--field-selector', 'reason=Completed,involvedObject.kind=Job']
  return project.kubectl('get', 'events', ...done, '-o', 'jsonpath={.items[*].involvedObject.name}')
}
