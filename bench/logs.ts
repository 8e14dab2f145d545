// What the log costs between a process's output and the terminal, beside a bare script that does the visible part of it.
import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderLogArchive } from '../packages/adapters/src/logs/index.js'
import { createLogStore } from '../packages/core/src/logs/index.js'
import { createLogPrinter } from '../packages/tiltts/src/terminal/log-printer.js'

export interface LogPathFigures {
  /** Splitting, prefixing and writing the lines, and nothing else. */
  readonly floorMs: number
  /** The same lines through store, archive on disk and printer. */
  readonly oursMs: number
  /** Resident memory of this process at the end. */
  readonly rssMb: number
}

const prefix = '          api │ '
const chunkBytes = 64 * 1024

/** Lines are made once, and handed over again and again. */
const block = 50_000

/** Measures both ways in this process, in turns, and gives the median of each. Throws when a line was lost. */
export async function measureLogPath(lines: number): Promise<LogPathFigures> {
  const sink = openSync('/dev/null', 'w')
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-bench-logs-'))
  const pieces = outputPieces()
  const rounds = Math.max(1, Math.round(lines / block))
  const floor: number[] = []
  const ours: number[] = []
  try {
    for (let turn = 0; turn < 5; turn++) {
      floor.push(await time(() => bare(pieces, rounds, sink)))
      ours.push(await time(() => throughStore(pieces, rounds, sink, join(folder, String(turn)))))
    }
  } finally {
    closeSync(sink)
    await rm(folder, { recursive: true, force: true })
  }
  return { floorMs: median(floor), oursMs: median(ours), rssMb: process.memoryUsage.rss() / 2 ** 20 }
}

async function bare(pieces: readonly Buffer[], rounds: number, sink: number): Promise<void> {
  let rest = ''
  await eachPiece(pieces, rounds, (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    let out = ''
    for (const line of lines) out += `${prefix}${line}\n`
    writeSync(sink, out)
  })
}

async function throughStore(pieces: readonly Buffer[], rounds: number, sink: number, folder: string): Promise<void> {
  const fail = (error: Error): never => {
    throw error
  }
  const archive = folderLogArchive({ folder, onError: fail })
  const logs = createLogStore({ now: Date.now, archive })
  const printer = createLogPrinter({ write: (bytes) => writeSync(sink, bytes), colour: false })
  let printed = 0
  logs.subscribe((segment) => {
    printed += segment.count
    printer.print(segment)
  })
  logs.span({ id: 'api', resource: 'api', source: 'build' })
  await eachPiece(pieces, rounds, (text) => logs.append('api', text))
  logs.flush('api')
  printer.end()
  await archive.close()
  const lost = rounds * block - printed
  if (lost !== 0) throw new Error(`${lost} lines were lost`)
}

/** As output of a process comes: each piece in a turn of its own. */
async function eachPiece(pieces: readonly Buffer[], rounds: number, take: (text: string) => void): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const piece of pieces) {
      take(piece.toString())
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

/** Lines of a usual length, cut as a pipe cuts them. */
function outputPieces(): readonly Buffer[] {
  const lines = Array.from(
    { length: block },
    (_, n) => `2026-01-02T10:00:00.123Z request ${n} GET /api/items/${n % 977} handled in ${n % 37} ms\n`,
  )
  const bytes = Buffer.from(lines.join(''))
  const count = Math.ceil(bytes.length / chunkBytes)
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * chunkBytes, (n + 1) * chunkBytes))
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

if (process.argv[1] === import.meta.filename) {
  const { floorMs, oursMs, rssMb } = await measureLogPath(1_000_000)
  const ratio = (oursMs / floorMs).toFixed(2)
  console.log(
    `1,000,000 lines: floor ${floorMs.toFixed(0)} ms, ours ${oursMs.toFixed(0)} ms, ${ratio} times the floor, ${rssMb.toFixed(0)} MB`,
  )
}
