import type { Duration } from '../duration.js'
import type { ResourceName } from '../resource-ref.js'
import { setEnabledResources } from '../selection.js'
import { holds, type Same } from '../testing/types.js'
import { arg } from './arg.js'
import { defineArgs } from './define-args.js'

const profiles = { minimal: ['api'], full: ['api', 'web'] }
const cfg = defineArgs({
  toRun: arg.resources({ positional: true, description: 'what to run' }),
  toEdit: arg.stringList({ default: ['a'] }),
  monitor: arg.boolean({ default: false }),
  profile: arg.choice(profiles, { default: 'minimal' }),
  size: arg.choice(['s', 'l']),
  token: arg.string(),
  host: arg.string({ default: 'localhost' }),
  port: arg.number({ default: 80 }),
  limit: arg.number(),
  wait: arg.duration({ default: '5s' }),
  map: arg.object<{ readonly a: number }>(),
})
holds<Same<typeof cfg.toRun, readonly ResourceName[]>>()
holds<Same<typeof cfg.toEdit, readonly string[]>>()
holds<Same<typeof cfg.monitor, boolean>>()
holds<Same<typeof cfg.profile, 'minimal' | 'full'>>()
holds<Same<typeof cfg.size, 's' | 'l' | undefined>>()
holds<Same<typeof cfg.token, string | undefined>>()
holds<Same<typeof cfg.host, string>>()
holds<Same<typeof cfg.port, number>>()
holds<Same<typeof cfg.limit, number | undefined>>()
holds<Same<typeof cfg.wait, Duration>>()
holds<Same<typeof cfg.map, { readonly a: number } | undefined>>()
setEnabledResources(profiles[cfg.profile])
setEnabledResources(cfg.toRun)

// @ts-expect-error a choice that is none
arg.choice(['a', 'b'], { default: 'c' })
// @ts-expect-error a default of another type
arg.number({ default: '80' })
// @ts-expect-error no such option
arg.string({ dflt: 'x' })
// @ts-expect-error a value is no argument
defineArgs({ port: 80 })
// @ts-expect-error no such argument
cfg.ports
// @ts-expect-error values are read only
cfg.port = 81
