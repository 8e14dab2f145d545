import {
  inputValues,
  planStandalone,
  type StandaloneEvents,
  type StandaloneState,
  suspendStandalone,
} from '@tiltts/core/schedule'
import type { ObjectStore } from '@tiltts/core/store'
import { type ApiTime, annotation, type Cmd, fromApiTime, type Millis, type UIButton, wellKnown } from '@tiltts/spec'
import { nameIndex } from '../name-index.js'
import { absoluteDir } from './absolute-dir.js'
import type { RunnableCmd } from './launch.js'

/** The Cmds that stand alone: which run each of them wants, by what its buttons and file watches have told. */
export interface StandaloneCmds {
  /** Whether a Cmd belongs to no resource's updates. */
  has(cmd: Cmd): boolean
  /** The Cmd with the run that it wants now and what that is to be given; without one when none is wanted. */
  withRun(cmd: Cmd, disabled: boolean): RunnableCmd
  forget(name: string): void
  ofButton(button: string): Iterable<string>
  ofWatch(watch: string): Iterable<string>
}

/** @param folder What folders of commands are relative to. */
export function standaloneCmds(store: Pick<ObjectStore, 'get'>, folder: string): StandaloneCmds {
  const states = new Map<string, { readonly uid: string; readonly state: StandaloneState }>()
  const buttons = nameIndex()
  const watches = nameIndex()

  const eventsOf = (cmd: Cmd): StandaloneEvents => {
    const { startOn, restartOn } = cmd.spec
    const after = Math.max(timeOf(startOn?.startAfter), isDeclared(cmd) ? timeOf(cmd.metadata.creationTimestamp) : 0)
    const starting = clicksOf(startOn?.uiButtons ?? []).filter(({ at }) => at > after)
    const restarting = clicksOf(restartOn?.uiButtons ?? [])
    const files = (restartOn?.fileWatches ?? []).map((name) =>
      timeOf(store.get('FileWatch', name)?.status.lastEventTime),
    )
    const newest = [...starting, ...restarting].toSorted((a, b) => b.at - a.at)[0]
    return {
      start: Math.max(0, ...starting.map(({ at }) => at)),
      restart: Math.max(0, ...restarting.map(({ at }) => at), ...files),
      inputs: newest && inputValues(newest.button),
    }
  }

  const clicksOf = (names: readonly string[]): readonly { readonly button: UIButton; readonly at: Millis }[] =>
    names.flatMap((name) => {
      const button = store.get('UIButton', name)
      const at = timeOf(button?.status.lastClickedAt)
      return button === undefined || at === 0 ? [] : [{ button, at }]
    })

  const has = ({ spec }: Cmd): boolean => spec.role === undefined

  return {
    has,
    withRun(cmd, disabled) {
      if (!has(cmd)) return cmd
      const { name, uid } = cmd.metadata
      const { startOn, restartOn } = cmd.spec
      buttons.set(name, [...(startOn?.uiButtons ?? []), ...(restartOn?.uiButtons ?? [])])
      watches.set(name, restartOn?.fileWatches ?? [])
      const known = states.get(name)
      // An object that was made anew under the same name has taken in nothing, but its runs are others.
      const before =
        known?.uid === uid ? known.state : known && suspendStandalone(known.state, { start: 0, restart: 0 })
      const events = eventsOf(cmd)
      const state = disabled ? suspendStandalone(before, events) : planStandalone(cmd.spec, before, events)
      states.set(name, { uid, state })
      const { runId: _, ...spec } = cmd.spec
      return {
        ...cmd,
        spec: {
          ...spec,
          dir: absoluteDir(folder, spec.dir),
          env: [...spec.env, ...state.inputs.env],
          inputs: state.inputs.values,
          ...(state.wanted && { runId: `${name}:${state.run}` }),
        },
      }
    },
    forget(name) {
      buttons.set(name, [])
      watches.set(name, [])
    },
    ofButton: buttons.of,
    ofWatch: watches.of,
  }
}

function timeOf(time: ApiTime | undefined): Millis {
  return time === undefined ? 0 : fromApiTime(time)
}

/** Whether the config has made it: then it answers to no click on a button that was there before. */
function isDeclared({ metadata }: Cmd): boolean {
  return metadata.annotations?.[annotation.managedBy] === wellKnown.tiltfile
}
