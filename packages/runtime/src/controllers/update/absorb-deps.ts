import type { ObjectStore } from '@tiltts/core/store'
import type { UpdateNames } from '../update-names.js'
import type { LoopGuard } from './loop-guard.js'

/** What it takes to bring resources up to date. */
export interface AbsorbDeps {
  readonly store: ObjectStore
  readonly names: UpdateNames
  readonly guard: LoopGuard
}
