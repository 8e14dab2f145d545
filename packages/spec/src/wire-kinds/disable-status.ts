import type { ApiTime } from '../time.js'

/** Whether what switches an object off has done so. */
export interface DisableStatus {
  readonly disabled: boolean
  /** When the switch was set last, as far as that is known. */
  readonly lastUpdateTime: ApiTime
  readonly reason: string
  /** `Pending`: the switch is not there. */
  readonly state: 'Pending' | 'Enabled' | 'Disabled' | 'Error'
}
