import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KubectlSession, kubectlSession } from '../support/kubectl.js'
import { skipReason } from '../support/requires.js'

const skip = skipReason('kubectl')
const config = `import { localResource } from 'tiltts'
localResource('api', { serveCmd: 'echo serving; sleep 1000', labels: ['backend'] })
localResource('broken', { cmd: 'echo "<no>"; exit 3', labels: ['backend', 'odd'] })
localResource('by-hand', { cmd: 'true', triggerMode: 'manual', autoInit: false })
`

interface Said {
  readonly failed: boolean
  readonly out: string
  readonly err: string
}

/** What both print of the same session must be the same, to the character. */
describe.skipIf(skip !== undefined)(`tiltts reads as kubectl does${skip ? ` (skipped: ${skip})` : ''}`, () => {
  let world: KubectlSession

  const kubectl = async (args: readonly string[]): Promise<Said> => {
    const { code, out, err } = await world.kubectl(args)
    return { failed: code !== 0, out, err: err.replace(/^[WIE]\d{4} .*\n/gm, '') }
  }
  const tiltts = async (args: readonly string[]): Promise<Said> => {
    const { code, stdout, stderr } = await world.session.run(...args)
    return { failed: code !== 0, out: stdout, err: stderr }
  }
  /** Ages of objects differ by the second in which they are asked for, and with them the width of their column. */
  const ageless = ({ failed, out, err }: Said): Said => ({
    failed,
    out: out.replace(/ +(?:\d+m?\d*s|AGE)\b */g, ' AGE '),
    err,
  })
  const both = async (...args: readonly string[]): Promise<void> => {
    const theirs = await kubectl(args)
    expect(ageless(await tiltts(args)), args.join(' ')).toEqual(ageless(theirs))
  }

  beforeAll(async () => {
    world = await kubectlSession(config)
  }, 60_000)
  afterAll(() => world.end())

  it.each([
    ['uiresources'],
    ['uiresources', '-o', 'wide'],
    ['uiresource', 'api', 'broken'],
    ['uiresource', 'api', 'x', 'y'],
    ['uiresource', 'x'],
    ['uiresources', '-l', 'nothing=here'],
    ['uiresources', '-l', 'backend', '--show-labels'],
    ['uiresources', '-L', 'backend,odd', '--show-kind'],
    ['uiresources', '--no-headers'],
    ['uiresources,sessions'],
    ['uiresources', '--sort-by=.metadata.name'],
    ['uiresource', 'x', '--ignore-not-found'],
    ['uiresources', '--field-selector', 'metadata.name=api'],
  ])('CLI-49: get %j %s %s %s', (...args) => both('get', ...args.filter((word) => word !== undefined)))

  it.each([
    ['uiresources', '-o', 'json'],
    ['uiresource/api', '-o', 'json'],
    ['uiresource', 'api', '-o', 'json', '--show-managed-fields'],
    ['uiresource', 'api', 'broken', '-o', 'json'],
    ['uiresources', '-l', 'nothing=here', '-o', 'json'],
    ['uiresource/broken', 'cm/api-disable', '-o', 'json'],
    ['uiresources', '-o', 'name'],
    ['uiresources', '-o', 'custom-columns=N:.metadata.name,L:.metadata.labels,B:.status.buildHistory[*].error'],
    ['uiresources', '-o', 'custom-columns=T:.status.conditions[*].type', '--no-headers'],
    ['uiresource', 'api', '-o', 'custom-columns=N:metadata.name,X:{.nothing}'],
    ['uiresources', '-o', 'json', '--sort-by=.status.updateStatus'],
  ])('CLI-50: get %j', (...args) => both('get', ...args.filter((word) => word !== undefined)))

  it.each([
    '{.items[*].metadata.name}',
    '{range .items[*]}{.metadata.name}{"\\t"}{.status.updateStatus}{"\\n"}{end}',
    "{range .items[*]}{.metadata.name}{'\\n'}{end}",
    '{.items[0]}',
    '{.items[0:2].metadata.name}',
    '{.items[-1:].metadata.name}',
    '{.items[-1].metadata.name}',
    '{.items[::2].metadata.name}',
    '{.items[0,1].metadata.name}',
    "{.items[0]['metadata.name','status.updateStatus']}",
    '{.items[?(@.status.updateStatus=="error")].metadata.name}',
    '{.items[?(@.status.order>1)].metadata.name}',
    '{.items[?(@.status.localResourceInfo)].metadata.name}',
    '{.items[?(@.status.queued==false)].metadata.name}',
    '{..updateStatus}',
    '{.items[1:].status.specs[*].type}',
    '{.items[*].status.nothing}',
    '{.items[*].metadata.labels}',
    '{.items[0].status.order} and {.items[0].status.queued}',
    '{.items[99].metadata.name}',
    '{.kind}{.apiVersion}{.metadata}',
    '{range .items[*]}{range .status.conditions[*]}{.type},{end};{end}',
    '{range .nothing[*]}{.x}{end}end',
    'plain text',
    '.kind',
    '{}',
    '{@.kind}{$.kind}',
  ])('CLI-48: get uiresources -o jsonpath=%s', async (template) => {
    const args = ['get', 'uiresources', '-o', `jsonpath=${template}`]
    const theirs = await kubectl(args)
    const ours = await tiltts(args)
    // Theirs says the whole object with an error.
    if (theirs.failed)
      expect({ failed: ours.failed, err: ours.err.split('\n')[0] }).toEqual({
        failed: true,
        err: theirs.err.split('. Printing')[0],
      })
    else expect(ours).toEqual(theirs)
  })

  it.each(['{.a', '{.a[}', '{"x}', '{.a[?(@.b]}', '{.a[b]}', '{#}'])(
    'CLI-48: both refuse the template %s',
    async (template) => {
      const args = ['get', 'uiresources', '-o', `jsonpath=${template}`]
      expect(await kubectl(args)).toMatchObject({ failed: true, out: '' })
      expect(await tiltts(args)).toMatchObject({ failed: true, out: '' })
    },
  )

  it.each([
    '{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}',
    '{{range $i, $e := .items}}{{$i}} {{printf "%-12s|%v" $e.metadata.name $e.status.order}}{{println}}{{end}}',
    '{{range .items}}{{if and .metadata.labels (ne .status.updateStatus "ok")}}{{.metadata.labels}}{{else}}-{{end}}{{end}}',
    '{{len .items}} {{(index .items 0).kind}} {{.nothing.at.all}} {{.metadata}}',
    '{{with index .items 1}}{{.status.conditions}}{{end}}',
    '{{define "a"}}[{{.}}]{{end}}{{range .items}}{{template "a" .status.queued}}{{- end -}} end',
    '{{slice .kind 0 2 | printf "%q %s" "a b"}} {{not .items}} {{lt 1 2}} {{html "<&>"}} {{urlquery "a b/"}}',
    '{{.items.name}}',
    '{{.kind.x.y}}',
    '{{index .items 99}}',
    '{{eq (index .items 0).status.order 1}}',
    '{{range .kind}}{{end}}',
    '{{.kind 1}}',
    '{{template "none"}}',
  ])('CLI-48: get uiresources -o go-template=%s', async (template) => {
    const args = ['get', 'uiresources', '-o', `go-template=${template}`]
    const theirs = await kubectl(args)
    const ours = await tiltts(args)
    // Theirs says the whole object with an error, too, on stdout.
    if (theirs.failed) expect({ failed: ours.failed, err: ours.err }).toEqual({ failed: true, err: theirs.err })
    else expect(ours).toEqual(theirs)
  })

  it.each(['{{', '{{nope}}', '{{if}}{{end}}', '{{$x}}', '{{.a.}}', '{{end}}', '{{break}}', '{{"a}}', '{{.a | 1}}'])(
    'CLI-48: both refuse the template of Go %s in the same words',
    async (template) => {
      const args = ['get', 'uiresources', '-o', `go-template=${template}`]
      const theirs = await kubectl(args)
      expect(theirs).toMatchObject({ failed: true, out: '' })
      const said = await tiltts(args)
      expect(said.err.split('\n')[0]?.replace(/^Error: /, '')).toBe(theirs.err.split('\n')[0]?.replace(/^error: /, ''))
    },
  )

  it.each([
    ['uiresource', 'api'],
    ['uiresources'],
    ['uiresource', 'bro'],
    ['uiresource/x'],
    ['cm', 'api-disable'],
    ['session,tiltfile'],
  ])('CLI-53: describe %j', async (...args) => {
    const words = ['describe', ...args.filter((word) => word !== undefined)]
    expect(await tiltts(words)).toEqual(await kubectl([...words, '--show-events=false']))
  })

  it.each([
    ['uiresource'],
    ['uiresource.status'],
    ['uiresource.status.disableStatus'],
    ['uiresource.status.buildHistory.causes'],
    ['filewatch.spec.watchedPaths'],
    ['filewatch', '--recursive'],
    ['uiresource.status.updateStatus'],
    ['configmap.data'],
  ])('CLI-54: explain %j %s', (...args) => both('explain', ...args.filter((word) => word !== undefined)))

  it.each([[[]], [['--sort-by=kind']], [['--verbs=create']], [['-o', 'name']], [['-o', 'wide']], [['--no-headers']]])(
    'CLI-55: api-resources %j',
    (args) => both('api-resources', '--api-group=tilt.dev', ...args),
  )

  it.each([
    ['uiresource/api', '--for=condition=Ready'],
    ['uiresource/api', '--for=jsonpath={.status.runtimeStatus}=ok'],
    ['uiresource/api', 'uiresource/broken', '--for=jsonpath={.status.updateStatus}'],
    ['uiresource/api', '--for=create'],
    ['uiresource/broken', '--for=condition=Ready', '--timeout=1s'],
    ['uiresource/broken', '--for=condition=Ready', '--timeout=0'],
    ['uiresource/x', '--for=condition=Ready'],
    ['uiresource', '-l', 'nothing=here', '--for=condition=Ready'],
    ['uiresource', '-l', 'backend', '--for=jsonpath={.metadata.name}'],
    ['uiresource/x', '--for=delete'],
    ['uiresource/api', '--for=delete', '--timeout=1s'],
    ['uiresource/api', '--for=jsonpath={.status.conditions}=1', '--timeout=1s'],
  ])('CLI-57: wait %j %s %s', (...args) => both('wait', ...args.filter((word) => word !== undefined)))
})
