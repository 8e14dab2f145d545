import type { Command } from '../cli/command.js'

interface Entry {
  readonly summary: string
  readonly aliases?: readonly string[]
  readonly load: () => Promise<{ readonly command: Command }>
}

/** Every command by its name, in the order that `help` shows. Each is loaded when it is called, not before. */
export const commands: Readonly<Record<string, Entry>> = {
  dev: { summary: 'start everything, and keep it up to date', aliases: ['up'], load: () => import('./dev.js') },
  ci: { summary: 'start everything once; exit 0 when all is ready', load: () => import('./ci.js') },
  down: { summary: 'take down what the config has put up', load: () => import('./down.js') },
  check: { summary: 'evaluate the config and show what is wrong with it', load: () => import('./check.js') },
  args: { summary: "show or replace the running session's arguments", load: () => import('./args.js') },
  trigger: { summary: 'update resources of the running session', load: () => import('./trigger.js') },
  logs: { summary: 'print or follow logs of the running session', load: () => import('./logs.js') },
  get: { summary: 'print objects of the running session', load: () => import('./get.js') },
  describe: { summary: 'show all that objects say, for people', load: () => import('./describe.js') },
  wait: { summary: 'wait until objects of the running session are so', load: () => import('./wait.js') },
  'api-resources': { summary: 'list the types of objects', load: () => import('./api-resources.js') },
  explain: { summary: 'explain the fields of a type of objects', load: () => import('./explain.js') },
  ls: { summary: 'list the running sessions', load: () => import('./ls.js') },
  types: { summary: 'write the names of all resources for the compiler', load: () => import('./types.js') },
  'docker-prune': { summary: 'remove what earlier builds left in Docker', load: () => import('./docker-prune.js') },
  version: { summary: 'print the version', load: () => import('./version.js') },
  help: { summary: 'explain a command', load: () => import('./help.js') },
}

/** The entry of a name or alias. */
export function findCommand(word: string): readonly [string, Entry] | undefined {
  return Object.entries(commands).find(([name, entry]) => name === word || entry.aliases?.includes(word))
}
