import type { Command } from '../cli/command.js'
import { completeCommand } from '../completion/scripts.js'

interface Entry {
  readonly summary: string
  readonly aliases?: readonly string[]
  /** For programs: `help` does not show it. */
  readonly hidden?: true
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
  enable: { summary: 'switch resources of the running session on', load: () => import('./enable.js') },
  disable: { summary: 'switch resources of the running session off', load: () => import('./disable.js') },
  logs: { summary: 'print or follow logs of the running session', load: () => import('./logs.js') },
  get: { summary: 'print objects of the running session', load: () => import('./get.js') },
  describe: { summary: 'show all that objects say, for people', load: () => import('./describe.js') },
  wait: { summary: 'wait until objects of the running session are so', load: () => import('./wait.js') },
  'api-resources': { summary: 'list the types of objects', load: () => import('./api-resources.js') },
  explain: { summary: 'explain the fields of a type of objects', load: () => import('./explain.js') },
  ls: { summary: 'list the running sessions', load: () => import('./ls.js') },
  create: { summary: 'create objects of the session', load: () => import('./create.js') },
  apply: { summary: 'make objects of the session what files say', load: () => import('./apply.js') },
  edit: { summary: 'change objects of the session in your editor', load: () => import('./edit.js') },
  patch: { summary: 'change fields of an object of the session', load: () => import('./patch.js') },
  delete: { summary: 'delete objects of the session', load: () => import('./delete.js') },
  mcp: { summary: 'let agents look at the running session, over MCP', load: () => import('./mcp.js') },
  why: { summary: 'say what a resource waits for, or why its last update ran', load: () => import('./why.js') },
  'explain-file': { summary: 'say what an edit of a file would do', load: () => import('./explain-file.js') },
  graph: { summary: 'show which resource needs which, and where each stands', load: () => import('./graph.js') },
  timeline: { summary: 'show what updates spent their time on', load: () => import('./timeline.js') },
  types: { summary: 'write the names of all resources for the compiler', load: () => import('./types.js') },
  dump: { summary: 'print what the session holds, for programs and fault reports', load: () => import('./dump.js') },
  snapshot: {
    summary: 'keep a session as it stands in a file, or look at such a file',
    load: () => import('./snapshot.js'),
  },
  config: { summary: 'evaluate the config and print what it declares', load: () => import('./config.js') },
  lsp: { summary: 'tell an editor what is wrong with the config', load: () => import('./lsp.js') },
  demo: { summary: 'try tiltts with a project of its own', load: () => import('./demo.js') },
  doctor: { summary: 'look at what a session here would use', load: () => import('./doctor.js') },
  docker: { summary: 'run docker against the engine that builds use', load: () => import('./docker.js') },
  alpha: {
    summary: 'print the tree of dependencies or what a config declares, or open a shell in a container',
    load: () => import('./alpha.js'),
  },
  'docker-prune': { summary: 'remove what earlier builds left in Docker', load: () => import('./docker-prune.js') },
  completion: {
    summary: 'print the script that makes a shell complete tiltts',
    load: () => import('./completion.js'),
  },
  version: { summary: 'print the version', load: () => import('./version.js') },
  help: { summary: 'explain a command', load: () => import('./help.js') },
  [completeCommand]: {
    summary: 'say what a word of a command line can be',
    hidden: true,
    load: () => import('./complete.js'),
  },
}

/** Those that people call. */
export function visibleCommands(): Readonly<Record<string, Entry>> {
  return Object.fromEntries(Object.entries(commands).filter(([, { hidden }]) => hidden !== true))
}

/** The entry of a name or alias. */
export function findCommand(word: string): readonly [string, Entry] | undefined {
  return Object.entries(commands).find(([name, entry]) => name === word || entry.aliases?.includes(word))
}
