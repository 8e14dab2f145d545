import { composeContract } from '../ports/compose.contract.js'
import { manualClock } from './fake-clock.js'
import { fakeCompose } from './fake-compose.js'
import { fakeDocker } from './fake-docker.js'
import { fakeFiles } from './fake-files.js'

composeContract('the fake', async () => {
  // Contracts wait for real; time moves along.
  const clock = manualClock()
  const ticking = setInterval(() => void clock.advance(5), 1)
  const files = fakeFiles()
  const docker = fakeDocker({ clock, files })
  const compose = fakeCompose({ docker, clock, files })
  docker.occupyPort(38_999)
  return {
    compose,
    dir: '/work/shop',
    async write(path, content) {
      files.write(`/work/shop/${path}`, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
      return `/work/shop/${path}`
    },
    image: async (ref, version) => docker.image(ref, { files: { '/version': version } }),
    hasImage: async (ref) => (await docker.inspectImage(ref)) !== undefined,
    containers: async (project) =>
      [...docker.all()]
        .filter(({ labels }) => labels['com.docker.compose.project'] === project)
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ id, imageId, labels, state: { running, exitCode } }) => ({
          id,
          service: labels['com.docker.compose.service'] ?? '',
          running,
          exitCode,
          imageId,
          configHash: labels['com.docker.compose.config-hash'] ?? '',
        })),
    stop: async (id) => docker.stop(id),
    heal: async (id) => docker.health(id, 'healthy'),
    volumes: async () => compose.volumes(),
    networks: async () => compose.networks(),
    busyPort: async () => 38_999,
    slowDown: () => compose.slow('up', 500),
    elapse: (ms) => clock.advance(ms),
    async close() {
      clearInterval(ticking)
      await docker.close()
    },
  }
})
