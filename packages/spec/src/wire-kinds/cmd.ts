import type { CmdSpec, CmdStatus } from '../kinds/cmd.js'
import type { ApiObject } from '../kinds/meta.js'
import type { DisableStatus } from './disable-status.js'
import type { Probe } from './probe.js'

/** A process, or a function of the config. */
export interface WireCmdSpec extends Omit<CmdSpec, 'probe'> {
  readonly readinessProbe?: Probe | undefined
}

export interface WireCmdStatus extends CmdStatus {
  readonly disableStatus?: DisableStatus | undefined
}

export type WireCmd = ApiObject<'Cmd', WireCmdSpec, WireCmdStatus>
