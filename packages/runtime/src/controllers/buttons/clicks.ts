import { fromApiTime, type UIButton } from '@tiltts/spec'

/** Tells each click once. */
export interface Clicks {
  /** Whether the button was clicked since the last look. */
  take(button: UIButton | undefined): boolean
  forget(button: string): void
}

export function clicks(): Clicks {
  const seen = new Map<string, { readonly uid: string; readonly at: number }>()
  return {
    take(button) {
      const time = button?.status.lastClickedAt
      if (button === undefined || time === undefined) return false
      const { name, uid } = button.metadata
      const at = fromApiTime(time)
      const last = seen.get(name)
      if (last?.uid === uid && last.at >= at) return false
      seen.set(name, { uid, at })
      return true
    },
    forget: (button) => void seen.delete(button),
  }
}
