import type { Cmd } from '@tiltts/spec'
import { exitText, serverState } from './server-state.js'
import type { RuntimeView } from './what-runs.js'

/** A server in the words that services have, too. */
export function serverView(serve: Pick<Cmd, 'spec' | 'status'> | undefined): RuntimeView {
  const server = serverState(serve)
  switch (server.is) {
    case 'idle':
      return { is: 'idle' }
    case 'starting':
      return {
        is: 'starting',
        why: serve?.status.runId === serve?.spec.runId ? serve?.status.waiting?.reason : undefined,
      }
    case 'running': {
      const { startedAt } = server.run
      if (server.ready) return { is: 'running', startedAt, ready: true }
      const said = firstLine(serve?.status.probe?.lastOutput)
      return { is: 'running', startedAt, ready: false, why: said === undefined ? undefined : `probe: ${said}` }
    }
    case 'stopped':
      return { is: 'stopped', startedAt: server.run.startedAt, finishedAt: server.run.finishedAt }
    case 'ended': {
      const { run, restarts, failures } = server
      const { startedAt, finishedAt } = run
      const text = exitText(run)
      const sentence = run.reason === undefined ? `server ${text}` : `server ended: ${run.reason}`
      return { is: 'ended', startedAt, finishedAt, text, sentence, restarts, failures }
    }
  }
}

function firstLine(text: string | undefined): string | undefined {
  return text
    ?.split('\n')
    .find((line) => line.trim() !== '')
    ?.trim()
}
