import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Sees from outside what a file in a container holds. */
export interface Seen {
  /** When the text has come, by this process's clock. */
  wait(text: string): Promise<number>
  close(): void
}

export interface EditRace {
  /** That is edited here. */
  readonly file: string
  readonly edits: number
  readonly seen: Seen
  /** Brings a text into the container by the least that can do it. */
  readonly put: (text: string) => Promise<void>
}

/** Edits a file and puts a text by hand in turn. Resolves with how many milliseconds each took until it was seen. */
export async function raceEdits({
  file,
  edits,
  seen,
  put,
}: EditRace): Promise<{ readonly ours: readonly number[]; readonly floors: readonly number[] }> {
  const ours: number[] = []
  const floors: number[] = []
  await sleep(1000)
  for (let i = 0; i < edits + 2; i++) {
    const text = `edit ${i} ${Math.random()}.`
    const edited = seen.wait(text)
    const before = performance.now()
    writeFileSync(file, text)
    const took = (await edited) - before
    await sleep(200 + Math.random() * 100)
    const bare = `put ${i} ${Math.random()}.`
    const arrived = seen.wait(bare)
    const begun = performance.now()
    await put(bare)
    const least = (await arrived) - begun
    await sleep(200 + Math.random() * 100)
    // The first ones warm up both sides.
    if (i < 2) continue
    ours.push(took)
    floors.push(least)
  }
  return { ours, floors }
}
