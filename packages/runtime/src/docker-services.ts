import { type ComposeLogDeps, type ComposeLogs, composeLogs } from './controllers/compose/log-streams.js'
import { type ComposeRemoval, type ComposeRemovalDeps, composeRemoval } from './controllers/compose/removal.js'
import {
  type ComposeServiceDeps,
  type ComposeServices,
  composeServices,
} from './controllers/compose/service-controller.js'
import type { Controller } from './controllers/controller.js'
import {
  type DockerConnection,
  type DockerConnectionDeps,
  dockerConnection,
} from './controllers/docker/connection-controller.js'

/** What its parts ask for, but for what they get from each other. */
type Shared = DockerConnectionDeps & ComposeServiceDeps & ComposeLogDeps & ComposeRemovalDeps

export interface DockerServicesParts extends Omit<Shared, 'wake' | 'reportLost' | 'lastWords'> {
  /** Wakes a controller for a name. */
  readonly wake: (controller: string) => (name: string) => void
}

/** The engine and the services that run on it, wired. */
export interface DockerServices {
  readonly connection: DockerConnection
  readonly services: ComposeServices
  readonly logs: ComposeLogs
  readonly removal: ComposeRemoval
  /** In the order in which news travels. */
  readonly controllers: readonly Controller[]
  /** Ends all at once but the logs, and these when the last words are there. */
  close(): Promise<void>
}

export function dockerServices(parts: DockerServicesParts): DockerServices {
  const connection = dockerConnection(parts)
  const { reportLost } = connection
  const services = composeServices({
    ...parts,
    reportLost,
    wake: parts.wake('compose-service'),
    lastWords: (name) => logs.lastWords(name),
  })
  const logs = composeLogs({ ...parts, reportLost })
  const removal = composeRemoval({ ...parts, reportLost })
  return {
    connection,
    services,
    logs,
    removal,
    controllers: [connection, services, logs, removal],
    async close() {
      connection.close()
      services.close()
      removal.close()
      await logs.lastWords()
      logs.close()
    },
  }
}
