import { describe, expect, it } from 'vitest'
import type { Command } from '../cli/command.js'
import { parseInvocation } from '../cli/parse.js'
import { type ReportChoice, reportChoice, reportFlags } from './choice.js'

const command: Command = { usage: '', summary: '', flags: reportFlags, run: async () => 0 }
const choose = (...argv: string[]): ReportChoice => reportChoice(parseInvocation('ci', command, argv), '/shop')

describe('the flags of reports', () => {
  it('take lists by repeating and by commas, with paths from the present folder', () =>
    expect(choose('--reporter', 'junit=out/a.xml,github', '--reporter=json=/b.json', '--log-dir', 'logs')).toEqual({
      junit: ['/shop/out/a.xml'],
      json: ['/b.json'],
      github: true,
      logDir: '/shop/logs',
    }))

  it('ask for nothing by default', () => expect(choose()).toEqual({ junit: [], json: [], github: false }))

  it.each([
    ['--reporter=junit', 'needs a file'],
    ['--reporter=json=', 'needs a file'],
    ['--reporter=github=x', 'takes no file'],
    ['--reporter=tap', "not 'tap'"],
    ['--log-dir=', 'needs a path'],
    ['--output-snapshot-on-exit=', 'needs a path'],
  ])('refuses %s', (flag, why) => expect(() => choose(flag)).toThrow(why))
})
