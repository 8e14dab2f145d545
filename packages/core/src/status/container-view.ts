import type { ComposeContainer, ComposeService, ContainerState } from '@tiltts/spec'
import type { RuntimeView } from './what-runs.js'

/**
 * What one container says of its service.
 *
 * @param among - of how many; one of several is called by its name
 */
export function containerView(
  { state, name }: ComposeContainer,
  service: Pick<ComposeService, 'restart'>,
  among: number,
): RuntimeView {
  const view = viewOf(state, service)
  if (among === 1) return view
  if (view.is === 'ended')
    return { ...view, text: `${name}: ${view.text}`, sentence: view.sentence.replace('container', `container ${name}`) }
  const saysWhy = (view.is === 'running' || view.is === 'starting') && view.why !== undefined
  return saysWhy ? { ...view, why: `${name}: ${view.why}` } : view
}

function viewOf(state: ContainerState, service: Pick<ComposeService, 'restart'>): RuntimeView {
  const { startedAt, restartCount } = state
  switch (state.status) {
    case 'running':
      return { is: 'running', startedAt, ...healthOf(state) }
    case 'paused':
      return { is: 'running', startedAt, ready: false, why: 'paused' }
    case 'restarting':
      return ended(state, { what: exitText(state), more: `; restarting (${times(restartCount)})`, restarts: true })
    case 'exited':
      return exitedView(state, service)
    case 'dead':
      return ended(state, { what: 'died and could not be removed' })
    case 'removing':
      return { is: 'starting', why: 'being removed' }
    default:
      return state.error === '' ? { is: 'starting', why: 'created' } : ended(state, { what: exitText(state) })
  }
}

function healthOf({
  healthStatus,
  healthOutput,
}: ContainerState): Pick<Extract<RuntimeView, { is: 'running' }>, 'ready' | 'why' | 'failing'> {
  if (healthStatus === undefined || healthStatus === 'healthy') return { ready: true }
  const said = lastLine(healthOutput)
  const words = said === undefined ? '' : `: ${said}`
  if (healthStatus === 'starting') return { ready: false, why: `health check has not passed yet${words}` }
  return { ready: false, why: `unhealthy${words}`, failing: true }
}

/** What has ended under a policy that would have started it again was ended by somebody. */
function exitedView(state: ContainerState, service: Pick<ComposeService, 'restart'>): RuntimeView {
  const [policy, limit] = service.restart.split(':')
  const { exitCode, startedAt, finishedAt, error, restartCount } = state
  const stopped: RuntimeView = { is: 'stopped', startedAt, finishedAt, exitCode }
  if (error !== '') return ended(state, { what: exitText(state) })
  if (policy === 'always' || policy === 'unless-stopped') return stopped
  if (exitCode === 0) return { is: 'done', startedAt, finishedAt }
  if (policy !== 'on-failure') return ended(state, { what: exitText(state) })
  if (limit === undefined || restartCount < Number(limit)) return stopped
  return ended(state, { what: exitText(state), more: `, after it was restarted ${times(restartCount)}` })
}

function ended(
  { startedAt, finishedAt, failuresInARow }: ContainerState,
  end: { readonly what: string; readonly more?: string; readonly restarts?: boolean },
): RuntimeView {
  const { what, more = '', restarts = false } = end
  const failures = restarts ? (failuresInARow ?? 0) : 0
  return { is: 'ended', startedAt, finishedAt, text: what + more, sentence: `container ${what}`, restarts, failures }
}

function exitText({ error, exitCode }: ContainerState): string {
  return error === '' ? `exited with code ${exitCode}` : `could not be started: ${error}`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

/** Tools put their verdict last, after what they did. */
function lastLine(text: string | undefined): string | undefined {
  return text
    ?.split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim()
}
