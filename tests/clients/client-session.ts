import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SharedSession, sharedSession } from '../support/shared-session.js'

const config = `import { arg, defineArgs, localResource, setEnabledResources } from 'tiltts'
const cfg = defineArgs({ toRun: arg.stringList({ positional: true }), toEdit: arg.stringList() })
localResource('api', { cmd: 'echo api is built', serveCmd: 'echo api serves; exec sleep 1000', labels: ['backend'] })
localResource('frontend', { serveCmd: 'echo frontend serves ' + (cfg.toEdit ?? []).join() + '; exec sleep 1000' })
localResource('monitoring', { serveCmd: 'exec sleep 1000' })
localResource('grafana', { serveCmd: 'exec sleep 1000' })
localResource('broken', { cmd: 'echo the reason; exit 3', labels: ['backend'], allowParallel: true })
localResource('job', { cmd: 'echo job ran', autoInit: false })
if (cfg.toRun && cfg.toRun.length > 0) setEnabledResources(cfg.toRun)
`

/** A session as clients of Tilt meet it: servers, a resource that fails, one that nobody has triggered. */
export async function clientSession(): Promise<SharedSession> {
  const session = await sharedSession({ 'tilt.config.ts': config }, /frontend serves/)
  await session.until(
    () => /api serves/.test(session.dev.stdout()) && /broken │ .*exit code 3/.test(session.dev.stdout()),
  )
  return session
}

/** The kubeconfig in which clients look for sessions. */
export const kubeconfigOf = ({ env }: SharedSession): string => join(env['TILT_DEV_DIR'] ?? '', 'config')

/** What clients that only look for names find there: `tilt-default`, `tilt-10351`. */
export function contextsOf(session: SharedSession): readonly string[] {
  const text = readFileSync(kubeconfigOf(session), 'utf8')
  return [...new Set([...text.matchAll(/^\s*-? ?name: (tilt-\S+)$/gm)].map(([, name]) => name ?? ''))]
}
