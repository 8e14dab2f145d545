import {
  type Dirent,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linkStats, targetStats } from '../stat.js'
import { limitedWatch } from '../testing/limited-watch.js'
import { observe } from '../testing/observe.js'
import { createFolderWatch } from './folder-watch.js'

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ write: path }) },
  { weight: 2, arbitrary: fc.record({ mkdir: path }) },
  { weight: 2, arbitrary: fc.record({ remove: path }) },
  { weight: 3, arbitrary: fc.record({ from: path, to: path }) },
  { weight: 1, arbitrary: fc.record({ link: path }) },
  { weight: 3, arbitrary: fc.record({ pause: fc.constantFrom(0, 0, 1, 3) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

let writes = 0

/** Carries a step out as far as the disk allows: what is in the way is in the way. */
async function carryOut(root: string, one: Step): Promise<void> {
  const at = (relative: string): string => join(root, relative)
  try {
    if ('pause' in one) await new Promise((resolve) => setTimeout(resolve, one.pause))
    else if ('remove' in one) rmSync(at(one.remove), { recursive: true, force: true })
    else if ('mkdir' in one) mkdirSync(at(one.mkdir), { recursive: true })
    else if ('from' in one) renameSync(at(one.from), at(one.to))
    else if ('link' in one) symlinkSync(join(root, 'a'), at(one.link))
    else if (linkStats(at(one.write))?.isSymbolicLink() !== true) {
      mkdirSync(dirname(at(one.write)), { recursive: true })
      writeFileSync(at(one.write), `${writes++}`)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

/** What every file holds, by its path; links by what they are, not followed. */
function snapshot(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  const entries: Dirent[] = linkStats(folder)?.isDirectory() ? readdirSync(folder, { withFileTypes: true }) : []
  for (const entry of entries) {
    const at = join(folder, entry.name)
    if (entry.isDirectory()) for (const [inner, text] of snapshot(at)) found.set(inner, text)
    else found.set(at, entry.isSymbolicLink() ? 'link' : readFileSync(at, 'utf8'))
  }
  return found
}

function changedBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((at) => before.get(at) !== after.get(at))
}

describe('createFolderWatch', () => {
  it('misses no change, whatever is written, moved and removed in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.array(step, { maxLength: 16 }), async (first, then) => {
        const root = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-any-')))
        const system = limitedWatch()
        const watch = createFolderWatch({ base: root, watchFolder: system.watchFolder })
        try {
          for (const one of first) await carryOut(root, one)
          const watched = ['.', 'a', 'a/b', 'b/c/a', 'c'].map((relative) => join(root, relative))
          const observers = await Promise.all(watched.map(async (at) => [at, await observe(watch, at)] as const))
          const expectAll = async (changed: readonly string[]): Promise<void> => {
            for (const [at, observed] of observers) {
              // A link on the way leads elsewhere: what it shows is not compared here.
              if (realpathOf(at) === at)
                await observed.until(changed.filter((one) => one === at || one.startsWith(`${at}/`)))
            }
          }

          const before = snapshot(root)
          for (const one of then) await carryOut(root, one)
          await expectAll(changedBetween(before, snapshot(root)))

          // Whatever came out of it is watched as before.
          await new Promise((resolve) => setTimeout(resolve, 5))
          const files = [...snapshot(root)].filter(([, text]) => text !== 'link').map(([at]) => at)
          for (const [, observed] of observers) observed.forget()
          for (const at of files) writeFileSync(at, `${writes++}`)
          await expectAll(files)

          for (const [, observed] of observers) await observed.close()
          expect(system.open()).toEqual([])
        } finally {
          await watch.close()
          rmSync(root, { recursive: true, force: true })
        }
      }),
      { numRuns: 25 },
    )
  })
})

function realpathOf(at: string): string | undefined {
  return targetStats(at) === undefined ? at : realpathSync(at)
}
