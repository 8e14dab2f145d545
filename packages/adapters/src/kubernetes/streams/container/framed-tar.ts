import { markerScanner } from '../../../container-channel/marker.js'
import type { Pipe } from '../../../container-channel/pipe.js'

/**
 * A process in a container that unpacks one tar stream after another. A stream comes in frames, each with its length in a
 * line before it; that of the last begins with `.`. The end of each is told, so that no more is on its way than is wanted.
 */
export interface FramedTar {
  /** Whether files can be given away. */
  readonly isRoot: boolean
  /** Resolves when it is unpacked. What the stream rejects with leaves the process useless. */
  unpack(tar: AsyncIterable<Buffer>): Promise<TarEnd>
}

export type TarEnd =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly said: string }
  /** The process is gone, or its container. */
  | { readonly kind: 'lost' }

export type TarOpening =
  | { readonly kind: 'open'; readonly tar: FramedTar }
  | { readonly kind: 'missing'; readonly program: string }
  /** `said`: what came instead. */
  | { readonly kind: 'lost'; readonly said: string }

const TOKEN = 'tiltts-frame-'
const FRAME_BYTES = 1024 * 1024

/**
 * For a shell. `read` takes no byte more than its line, and `head` may take some more than its share, which is why no frame
 * is sent before the one ahead of it was taken. What tar leaves unread is thrown away.
 * Modes are those of the stream, which not every tar sees to by itself.
 */
export const framedTarScript: string = `
exec 3>&1
umask 0
for program in tar head cat; do
  command -v "$program" >/dev/null || { echo "${TOKEN}missing $program"; exit 1; }
done
uid=$(id -u)
flags=xpof
[ "$uid" = 0 ] && flags=xpf
frames() {
  while read -r size; do
    head -c "\${size#.}"
    echo "${TOKEN}taken" >&3
    case $size in .*) break ;; esac
  done
}
echo "${TOKEN}ready $uid"
while read -r go; do
  frames | { tar "-$flags" - -C / 2>&1; code=$?; cat >/dev/null; echo; echo "${TOKEN}$code"; } >&3
done`.trim()

/** @param pipe of a shell with {@link framedTarScript} */
export async function openFramedTar(pipe: Pipe): Promise<TarOpening> {
  const messages: string[] = []
  let wake = (): void => {}
  let said = ''
  let isClosed = false
  const text = (words: string): void => {
    said = (said + words).slice(-2000)
  }
  const scan = markerScanner(TOKEN, text, (message) => {
    messages.push(message)
    wake()
  })
  pipe.listen((bytes, stream) => (stream === 'stdout' ? scan(bytes) : text(bytes.toString('utf8'))))
  void pipe.closed.then(() => {
    isClosed = true
    wake()
  })

  /** `undefined` when there will be none. */
  const next = async (): Promise<string | undefined> => {
    while (messages.length === 0 && !isClosed) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return messages.shift()
  }

  const [word, rest = ''] = (await next())?.split(' ') ?? []
  if (word === 'missing') return { kind: 'missing', program: rest }
  if (word !== 'ready') return { kind: 'lost', said: said.trim() }

  const unpack = async (tar: AsyncIterable<Buffer>): Promise<TarEnd> => {
    said = ''
    let first = 'go\n'
    for await (const { frame, isLast } of frames(tar)) {
      const line = `${first}${isLast ? '.' : ''}${frame.length}\n`
      first = ''
      // That it is gone shows by its end.
      await pipe.write(Buffer.concat([Buffer.from(line), frame])).catch(() => {})
      if ((await next()) === undefined) return { kind: 'lost' }
    }
    const code = await next()
    return code === undefined ? { kind: 'lost' } : { kind: 'ended', exitCode: Number(code), said: said.trim() }
  }
  return { kind: 'open', tar: { isRoot: rest === '0', unpack } }
}

async function* frames(tar: AsyncIterable<Buffer>): AsyncGenerator<{ frame: Buffer; isLast: boolean }> {
  let held: Buffer[] = []
  let size = 0
  for await (const bytes of tar) {
    if (size >= FRAME_BYTES) {
      yield { frame: Buffer.concat(held), isLast: false }
      held = []
      size = 0
    }
    held.push(bytes)
    size += bytes.length
  }
  yield { frame: Buffer.concat(held), isLast: true }
}
