import type { ConfigMap } from '@tiltts/spec'
import { sameValue } from '../managed-fields.js'
import { disableStatus, switchMaps } from './disable-status.js'
import { keptProbe, wireProbe } from './probe.js'
import { type Shape, shape } from './shape.js'

export const cmd: Shape = shape<'Cmd', readonly (ConfigMap | undefined)[]>({
  beside: ({ spec }, store) => switchMaps(store, spec.disableSource),
  spec({ spec: { probe, ...rest } }) {
    return { ...rest, ...(probe !== undefined && { readinessProbe: wireProbe(probe) }) }
  },
  status: ({ spec, status }, maps) => ({ ...status, ...disableStatus(spec.disableSource, maps) }),
  kept({ readinessProbe, ...rest }, before) {
    if (readinessProbe === undefined) return rest
    const present = before?.spec.probe
    // What a client leaves as it is keeps what the wire form cannot say.
    const isSame = present !== undefined && sameValue(JSON.parse(JSON.stringify(wireProbe(present))), readinessProbe)
    return { ...rest, probe: isSame ? present : keptProbe(readinessProbe) }
  },
})
