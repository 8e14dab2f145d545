// Writes docs/reference/cli.md from the registry of commands; with --check, compares it with the file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tsImport } from 'tsx/esm/api'
import { root } from './pnpm.mjs'

const out = join(root, 'docs/reference/cli.md')
const source = (path) => tsImport(`../packages/tiltts/src/${path}`, import.meta.url)
const [{ visibleCommands }, { globalFlags }, { exitCode }] = await Promise.all([
  source('commands/registry.ts'),
  source('cli/parse.ts'),
  source('cli/command.ts'),
])

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const flagRow = ([name, { short, type, value, help }]) =>
  `| \`${short === undefined ? '' : `-${short}, `}--${name}${type === 'string' ? ` ${value ?? '<text>'}` : ''}\` | ${cell(help)} |`
const flagTable = (flags) =>
  Object.keys(flags).length === 0 ? '' : `\n| flag | |\n|---|---|\n${Object.entries(flags).map(flagRow).join('\n')}\n`
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const entries = Object.entries(visibleCommands())
const sections = []
for (const [name, { load, aliases = [] }] of entries) {
  const { usage, summary, details, flags } = (await load()).command
  const also = aliases.length === 0 ? '' : ` Also called ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`
  const more = details === undefined ? '' : `\n${details.replaceAll('<', '&lt;').replace(/^ {2}/gm, '    ')}\n`
  sections.push(
    `## ${name}\n\n${sentence(summary)}${also}\n\n\`\`\`\ntiltts ${`${name} ${usage}`.trim()}\n\`\`\`\n${more}${flagTable(flags)}`,
  )
}
const meanings = {
  ok: 'all went well',
  failed: 'a resource failed or timed out, or the session refused',
  usage: 'the command line or the config is wrong',
  noSession: 'no session is running, or it is not clear which is meant',
  noResource: 'what was named does not exist',
  interrupted: 'interrupted',
}
const codes = Object.entries(exitCode).map(([name, code]) => `| ${code} | ${meanings[name]} |`)
const text = `# Commands

Made from the commands themselves; \`tiltts help <command>\` says the same.

${entries.map(([name, { summary }]) => `- [${name}](#${name}): ${summary}`).join('\n')}

Every command has these flags, which may also stand before its name, as may \`--host\` and \`--port\`:
${flagTable(globalFlags)}
| exit code | |
|---|---|
${codes.join('\n')}

${sections.join('\n')}`
mkdirSync(dirname(out), { recursive: true })
if (!process.argv.includes('--check')) writeFileSync(out, text)
else if (readFileSync(out, 'utf8') !== text) {
  console.error('docs/reference/cli.md is not what the commands say. Run: node scripts/write-cli-reference.mjs')
  process.exitCode = 1
}
