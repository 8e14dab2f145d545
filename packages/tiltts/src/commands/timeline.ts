import type { Command } from '../cli/command.js'
import { askSession, jsonFlag } from '../sessions/ask.js'
import { sessionFlags } from '../sessions/connect.js'

export const command: Command = {
  usage: '[resource…]',
  summary: 'show what updates spent their time on, and the critical path of the start-up',
  flags: { ...sessionFlags, ...jsonFlag },
  run: (invocation) =>
    askSession(invocation, {
      ask: (client) => client.timeline(invocation.words),
      show: async (timeline) => (await import('../terminal/timeline-text.js')).timelineText(timeline),
    }),
}
