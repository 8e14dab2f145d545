import { duration } from './duration.js'
import { env } from './env.js'
import { clearEnabledResources, setEnabledResources } from './selection.js'
import { session } from './session.js'
import { ciSettings, triggerMode, updateSettings, versionSettings, watchSettings } from './settings.js'
import { holds, type Same } from './testing/types.js'

updateSettings({ maxParallelUpdates: 10, k8sUpsertTimeout: undefined, suppressUnusedImageWarnings: 'a' })
ciSettings({ timeout: '30m', readinessTimeout: '1h30m', k8sGracePeriod: 0 })
ciSettings({ timeout: duration(env('CI_TIMEOUT', '30m')) })
watchSettings({ ignore: ['a', session.command === 'ci' && 'b'] })
versionSettings({ constraint: '>=1' })
triggerMode('manual')
setEnabledResources(['a', false])
clearEnabledResources()
holds<Same<typeof session.command, 'dev' | 'ci' | 'down' | 'args' | 'check'>>()

// @ts-expect-error no such unit
ciSettings({ timeout: '30 minutes' })
// @ts-expect-error a text is no duration unless it is checked
ciSettings({ timeout: env('CI_TIMEOUT', '30m') })
// @ts-expect-error no such mode
triggerMode('off')
// @ts-expect-error ignore is needed
watchSettings({})
// @ts-expect-error the session is read only
session.command = 'ci'
// @ts-expect-error the command `up` is called 'dev'
if (session.command === 'up') clearEnabledResources()
