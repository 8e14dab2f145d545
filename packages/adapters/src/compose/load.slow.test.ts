// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of compose files look like this
import { expect, it } from 'vitest'
import type { ComposeHarness } from '../../../runtime/src/ports/compose.contract.js'
import { describeWithDocker } from '../docker/testing/needs-docker.js'
import { realCompose } from './testing/real-compose.js'

const never = new AbortController().signal

const withCompose = async (
  env: Readonly<Record<string, string>>,
  test: (h: ComposeHarness) => Promise<void>,
): Promise<void> => {
  const harness = await realCompose({ env })
  try {
    await test(harness)
  } finally {
    await harness.close()
  }
}
const names = async ({ compose, dir }: ComposeHarness, profiles?: readonly string[]): Promise<readonly string[]> => {
  const { project } = await compose.load({ dir, files: [`${dir}/compose.yaml`], profiles }, never)
  return project?.services.map(({ name }) => name) ?? []
}

describeWithDocker('the project as compose reads it', () => {
  it('DCC-03: has the services of COMPOSE_PROFILES where no profiles are given; none given are none', () =>
    withCompose({ COMPOSE_PROFILES: 'x' }, async (h) => {
      await h.write(
        'compose.yaml',
        'services: {a: {image: a}, x: {image: x, profiles: [x]}, y: {image: y, profiles: [y]}}',
      )
      expect(await names(h)).toEqual(['a', 'x'])
      expect(await names(h, ['y'])).toEqual(['a', 'y'])
      expect(await names(h, [])).toEqual(['a'])
    }))

  it('DCC-03: takes COMPOSE_PROFILES from the .env file, too', () =>
    withCompose({}, async (h) => {
      await h.write('compose.yaml', 'services: {a: {image: a}, x: {image: x, profiles: [x]}}')
      await h.write('.env', 'COMPOSE_PROFILES=x\n')
      expect(await names(h)).toEqual(['a', 'x'])
      expect(await names(h, [])).toEqual(['a'])
    }))

  it('DCC-05: interpolates from the environment, .env and the env file, in that order', () =>
    withCompose({ TILTTS_A: 'env' }, async (h) => {
      await h.write('compose.yaml', 'services: {s: {image: "$TILTTS_A/${TILTTS_B:-none}"}}')
      await h.write('.env', 'TILTTS_A=file\nTILTTS_B=file\n')
      const envFile = await h.write('other.env', 'TILTTS_B=other\n')
      const ref = { dir: h.dir, files: [`${h.dir}/compose.yaml`] }
      const image = async (part: { readonly envFile?: string }): Promise<string | undefined> =>
        (await h.compose.load({ ...ref, ...part }, never)).project?.services[0]?.image
      expect(await image({})).toBe('env/file')
      expect(await image({ envFile })).toBe('env/other')
      await h.write('.env', 'TILTTS_B=new\n')
      expect(await image({})).toBe('env/new')
    }))

  it('reads includes, extended services and folders with a dollar in their name', () =>
    withCompose({}, async (h) => {
      await h.write(
        'compose.yaml',
        'include: [part/compose.yaml]\nservices:\n  web:\n    extends: {file: base.yaml, service: base}\n',
      )
      await h.write('part/compose.yaml', 'services:\n  db:\n    image: db\n    volumes: ["./a$$b:/x"]\n')
      await h.write('base.yaml', 'services: {base: {image: base, restart: always}}')
      const { project, reads } = await h.compose.load({ dir: h.dir, files: [`${h.dir}/compose.yaml`] }, never)
      expect(project?.services.map(({ name, image, restart }) => [name, image, restart])).toEqual([
        ['web', 'base', 'always'],
        ['db', 'db', 'no'],
      ])
      const db = project?.services.find(({ name }) => name === 'db')
      expect(db).toMatchObject({
        place: { file: `${h.dir}/part/compose.yaml`, line: 2 },
        mounts: [`${h.dir}/part/a$b`],
      })
      expect(reads.map(({ path }) => path)).toEqual(
        expect.arrayContaining([`${h.dir}/base.yaml`, `${h.dir}/part/.env`]),
      )
    }))

  it('DCC-02: a text is merged over files, and brought up like them', () =>
    withCompose({}, async (h) => {
      const path = await h.write(
        'compose.yaml',
        'services: {a: {image: busybox, command: [sleep, "100000"], stop_grace_period: 0s}}',
      )
      const inline = JSON.stringify({ services: { a: { environment: { FROM: 'tiltts' } } } })
      const ref = { dir: h.dir, files: [path], inline }
      const { project } = await h.compose.load(ref, never)
      const name = project?.name ?? ''
      const up = { project: { ...ref, name }, services: ['a'], wait: false, recreate: false, onOutput: () => {} }
      expect(await h.compose.up(up, never)).toEqual({ exitCode: 0 })
      expect(await h.containers(name)).toMatchObject([{ running: true, configHash: project?.services[0]?.configHash }])
    }))

  it('an engine that does not answer is no matter for reading, but for all else', () =>
    withCompose({ DOCKER_HOST: 'unix:///tmp/tiltts-no-engine.sock' }, async (h) => {
      const path = await h.write('compose.yaml', 'services: {a: {image: busybox}}')
      const project = { dir: h.dir, files: [path], name: 'none' }
      expect((await h.compose.load(project, never)).diagnostics).toEqual([])
      const request = { project, services: ['a'], onOutput: () => {} }
      const unreachable = { code: 'docker/unreachable', retry: true }
      await expect(h.compose.up({ ...request, wait: false, recreate: false }, never)).rejects.toMatchObject(unreachable)
      await expect(h.compose.remove(request, never)).rejects.toMatchObject(unreachable)
      await expect(h.compose.down({ ...request, volumes: false }, never)).rejects.toMatchObject(unreachable)
    }))
})
