import { expect, it } from 'vitest'
import { createEcho } from './echo.js'

function echoed(request: Partial<Parameters<typeof createEcho>[0]>, pieces: readonly string[]): string {
  let text = ''
  const echo = createEcho({ argv: ['sh', '-c', 'npm test'], quiet: false, echoOff: false, ...request }, (part) => {
    text += part
  })
  for (const piece of pieces) echo.output(piece)
  echo.end()
  return text
}

it('FS-05: shows the command as it was written, and its lines behind an arrow', () => {
  expect(echoed({}, ['one\ntw', 'o\n', '\nthree'])).toBe('exec: npm test\n → one\n → two\n → \n → three\n')
  expect(echoed({ argv: ['git', 'commit', '-m', 'a b'] }, [])).toBe("exec: git commit -m 'a b'\n")
})

it('FS-05: hides the command with echoOff, and the output with quiet', () => {
  expect(echoed({ echoOff: true }, ['out\n'])).toBe(' → out\n')
  expect(echoed({ quiet: true }, ['out\n'])).toBe('exec: npm test\n')
})
