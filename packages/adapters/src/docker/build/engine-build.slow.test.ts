import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWithDocker } from '../testing/needs-docker.js'
import {
  builderWorld,
  docker,
  failureOf,
  imageOf,
  inspect,
  onceInstruction,
  outputOf,
  printed,
  runs,
} from './testing/builder-world.js'
import { sshAgent } from './testing/ssh-agent.js'

describeWithDocker('the BuildKit of the engine', () => {
  it('BLD-06: builds an image, tells each step, and takes from its cache what has not changed', async () => {
    const bench = builderWorld({}, { 'src/a.txt': 'hello' })
    const dockerfile = `FROM busybox\n${onceInstruction()}\nCOPY src /app\nRUN echo made; cat /app/a.txt\n`
    const first = await bench.build(dockerfile)
    const id = imageOf(first)
    expect(printed(id, 'cat', '/app/a.txt')).toBe('hello')
    expect(outputOf(first)).toBe('made\nhello')
    const states = (events: typeof first.events): readonly string[] =>
      events.flatMap((event) =>
        event.kind === 'step' && /^\[\d/.test(event.name) && event.state !== 'running'
          ? [`${event.name}: ${event.state}`]
          : [],
      )
    expect(states(first.events)).toContain('[3/3] RUN echo made; cat /app/a.txt: done')
    const times = first.events.find((event) => event.kind === 'step' && event.finishedAt !== undefined)
    expect(times).toMatchObject({ startedAt: expect.closeTo(Date.now(), -5.5) })

    const second = await bench.build(dockerfile)
    expect(imageOf(second)).toBe(id)
    expect(new Set(states(second.events))).toContain('[2/3] COPY src /app: cached')
    expect(new Set(states(second.events))).toContain('[3/3] RUN echo made; cat /app/a.txt: cached')
    expect(await bench.builder.describe()).toBe(
      `BuildKit of docker ${docker('version', '--format', '{{.Server.Version}}')}`,
    )
  })

  it('DB-04: gives target, network, hosts, labels and tags to the builder', async () => {
    const bench = builderWorld()
    const tag = `tiltts-test/options:${process.pid}`
    const dockerfile = `FROM busybox AS first\n${onceInstruction()}\nRUN cat /etc/hosts > /hosts; ls /sys/class/net > /net\nFROM busybox AS second\nRUN false\n`
    const id = imageOf(
      await bench.build(dockerfile, {
        target: 'first',
        network: 'none',
        extraHosts: ['db.example:10.1.2.3'],
        labels: { 'dev.tilt.built': 'true', 'a b': 'c=d' },
        tags: [tag],
        platform: 'linux/amd64',
      }),
    )
    expect(printed(id, 'cat', '/hosts')).toMatch(/10\.1\.2\.3\s+db\.example/)
    expect(printed(id, 'cat', '/net')).toBe('lo')
    expect(inspect(tag, '{{.Id}} {{json .Config.Labels}}')).toBe(`${id} {"a b":"c=d","dev.tilt.built":"true"}`)
  })

  it('DB-03: gives build arguments, and takes those without a value from the environment', async () => {
    const bench = builderWorld({ TILTTS_TEST_FROM: 'there' })
    const id = imageOf(
      await bench.build(
        `FROM busybox\nARG A=a\nARG TILTTS_TEST_FROM=x\nARG C=default\nRUN echo "$A $TILTTS_TEST_FROM $C" > /args\n`,
        {
          buildArgs: { A: 'with "quotes" & ü', TILTTS_TEST_FROM: '', C: '' },
        },
      ),
    )
    expect(printed(id, 'cat', '/args')).toBe('with "quotes" & ü there default')
  })

  it('DB-04: builds without its cache, and from that of another image', async () => {
    const bench = builderWorld()
    const dockerfile = 'FROM busybox\nRUN cat /proc/sys/kernel/random/uuid > /random\n'
    const random = async (options = {}): Promise<string> =>
      printed(imageOf(await bench.build(dockerfile, options)), 'cat', '/random')
    const first = await random()
    expect(await random({ cacheFrom: ['busybox:latest'] })).toBe(first)
    expect(await random({ noCache: true })).not.toBe(first)
  })

  it('DB-04: looks for a newer base image only when it is asked to', async () => {
    const bench = builderWorld()
    const dockerfile = 'FROM 127.0.0.1:5000/busybox\n'
    const names = async (pull: boolean): Promise<string> =>
      (await bench.build(dockerfile, { pull })).events
        .flatMap((event) => (event.kind === 'step' ? [event.name] : []))
        .join('\n')
    expect(await names(false)).not.toContain('@sha256:')
    expect(await names(true)).toContain('FROM 127.0.0.1:5000/busybox:latest@sha256:')
  })

  it('DB-04: gives secrets from files and from the environment to the steps that ask for them', async () => {
    const bench = builderWorld({ TILTTS_TEST_TOKEN: 'sesame' }, { token: 'from a file\n' })
    const dockerfile = `FROM busybox\n${onceInstruction()}
RUN --mount=type=secret,id=a cp /run/secrets/a /a
RUN --mount=type=secret,id=b,target=/b.txt cat /b.txt > /b
RUN --mount=type=secret,id=none test ! -e /run/secrets/none
`
    const secrets = [`id=a,src=${join(bench.folder, 'token')}`, 'id=b,env=TILTTS_TEST_TOKEN']
    const id = imageOf(await bench.build(dockerfile, { secrets }))
    expect(printed(id, 'cat', '/a', '/b')).toBe('from a file\nsesame')
  })

  it('DB-04: lets steps use keys of an SSH agent, and not add any', async () => {
    const agent = await sshAgent()
    const bench = builderWorld({ SSH_AUTH_SOCK: agent.socket })
    // A client of the agent's protocol: asks for the keys, then for all to be removed.
    const script = `const s=require('net').connect(process.env.SSH_AUTH_SOCK);s.write(Buffer.from([0,0,0,1,11]));let n=0;s.on('data',d=>{console.log('answer',d[4],d[4]===12?d.readUInt32BE(5):'');if(++n===1)s.write(Buffer.from([0,0,0,1,19]));else s.end()})`
    bench.write('ask.js', script)
    const dockerfile = `FROM node:20\n${onceInstruction()}\nCOPY ask.js /\nRUN --mount=type=ssh node /ask.js\nRUN --mount=type=ssh,id=own node /ask.js\n`
    const built = await bench.build(dockerfile, { ssh: ['default', `own=${agent.key}`] })
    imageOf(built)
    expect(outputOf(built)).toBe('answer 12 1\nanswer 5 \nanswer 12 1\nanswer 5 \n')
    expect(agent.keys()).toBe(1)
  })

  it('says what is missing before anything is built', async () => {
    const bench = builderWorld({ SSH_AUTH_SOCK: undefined })
    const message = async (options: Parameters<typeof bench.build>[1]): Promise<string> =>
      failureOf(await bench.build('FROM busybox\n', options)).message
    expect(await message({ secrets: ['id=token,env=TILTTS_NO_SUCH'] })).toBe(
      'the secret "token" is not there: the environment variable TILTTS_NO_SUCH',
    )
    expect(await message({ secrets: ['id=token,src=/no/such'] })).toBe('the secret "token" is not there: /no/such')
    expect(await message({ secrets: ['src=/no/such'] })).toContain('has no id')
    expect(await message({ ssh: ['default'] })).toContain('SSH_AUTH_SOCK is not set')
    expect(await message({ ssh: ['a=/no/such'] })).toBe('there is no SSH agent or key at /no/such')
    expect(await message({ context: { folder: '/no/such/folder' } })).toBe(
      'the build context /no/such/folder does not exist',
    )
    bench.write('notakey', 'text', 0o600)
    expect(await message({ ssh: [`a=${join(bench.folder, 'notakey')}`] })).toContain('cannot be used')
  })

  it('ends a build that is called off, on the engine, too', async () => {
    const bench = builderWorld()
    const mark = `tiltts-mark-${process.pid}-${Date.now()}`
    const controller = new AbortController()
    const reason = new Error('called off')
    const events: string[] = []
    const request = bench.request(`FROM busybox\n${onceInstruction()}\nRUN echo begun; sleep 1000 # ${mark}\n`)
    const building = bench.builder.build(
      request,
      (event) => {
        if (event.kind !== 'output') return
        events.push(event.text)
        controller.abort(reason)
      },
      controller.signal,
    )
    await expect(building).rejects.toBe(reason)
    expect(events).toEqual(['begun\n'])
    await expect.poll(() => runs(mark), { timeout: 10_000 }).toBe(false)
    await expect(bench.builder.build(request, () => {}, controller.signal)).rejects.toBe(reason)
  })

  it('keeps a session alive that is needed late', async () => {
    const bench = builderWorld({ TILTTS_TEST_TOKEN: 'late' })
    const dockerfile = `FROM busybox\n${onceInstruction()}\nRUN sleep 12\nRUN --mount=type=secret,id=t cat /run/secrets/t\n`
    const built = await bench.build(dockerfile, { secrets: ['id=t,env=TILTTS_TEST_TOKEN'] })
    imageOf(built)
    expect(outputOf(built)).toBe('late')
  })

  it('tells warnings with their place', async () => {
    const bench = builderWorld()
    const { events } = await bench.build('FROM busybox\nRUN echo a \\\n\n  b\n')
    expect(events.filter((event) => event.kind === 'warning')).toEqual([
      {
        kind: 'warning',
        message: expect.stringContaining('continuation line'),
        place: expect.objectContaining({ line: expect.any(Number) }),
      },
    ])
  })
})
