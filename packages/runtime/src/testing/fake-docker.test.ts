import { dockerContract } from '../ports/docker.contract.js'
import { manualClock } from './fake-clock.js'
import { type FakeContainerProgram, fakeDocker } from './fake-docker.js'
import { fakeFiles } from './fake-files.js'

const prints: FakeContainerProgram = async (self) => {
  self.stdout('out\n')
  await self.clock.sleep(5, self.ended)
  self.stderr('err\n')
  return 3
}

dockerContract('the fake', async () => {
  // Contracts wait for real; time moves along.
  const clock = manualClock()
  const ticking = setInterval(() => void clock.advance(5), 1)
  const files = fakeFiles()
  const docker = fakeDocker({
    clock,
    files,
    programs: {
      waits: (self) => self.forever(),
      prints,
      partial: (self) => self.stdout('no end'),
      async ticks(self) {
        for (let tick = 1; !self.ended.aborted; tick++) {
          self.stdout(`tick ${tick}\n`)
          await self.clock.sleep(20, self.ended)
        }
      },
    },
  })
  return {
    docker,
    name: 'fake',
    programs: { waits: ['waits'], prints: ['prints'], partial: ['partial'], ticks: ['ticks'], missing: ['none'] },
    image: async (ref, options) => docker.image(ref, options),
    removeImage: async (ref) => docker.removeImage(ref),
    async run({ argv, image, labels, healthcheck }) {
      const id = docker.createContainer({ cmd: argv, image, healthcheck, labels: { fake: 'fake', ...labels } })
      docker.start(id)
      return id
    },
    start: async (id) => docker.start(id),
    stop: async (id) => docker.stop(id),
    pause: async (id) => docker.pause(id),
    remove: async (id) => docker.removeContainer(id),
    health: async (id, state, output) => docker.health(id, state, output),
    read: async (id, path) => docker.filesOf(id)[path],
    async write(path, text, mode) {
      files.write(`/work/${path}`, text)
      if (mode !== undefined) files.chmod(`/work/${path}`, mode)
      return `/work/${path}`
    },
    async mkdir(path) {
      files.mkdir(`/work/${path}`)
      return `/work/${path}`
    },
    async link(path, target) {
      files.symlink(target, `/work/${path}`)
      return `/work/${path}`
    },
    elapse: (ms) => clock.advance(ms),
    now: clock.now,
    async close() {
      clearInterval(ticking)
      await docker.close()
    },
  }
})
