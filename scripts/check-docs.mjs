// Every path that the docs name exists, and every item of docs/behaviour has one line and a test that bears its id.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './pnpm.mjs'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => existsSync(join(root, file)))
const problems = []
for (const file of tracked.filter((name) => name.endsWith('.md'))) {
  const text = readFileSync(join(root, file), 'utf8')
  for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
    if (!existsSync(join(root, dirname(file), target))) problems.push(`${file}: there is no ${target}`)
  }
}

const titles = tracked
  .filter((file) => /\.(test|property|contract|test-d)\.ts$/.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')
const differences = existsSync(join(root, 'docs/differences.md'))
  ? readFileSync(join(root, 'docs/differences.md'), 'utf8')
  : ''
const seen = new Map()
for (const file of tracked.filter((name) => /^docs\/behaviour\/.*\.md$/.test(name))) {
  for (const [, id] of readFileSync(join(root, file), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)) {
    if (seen.has(id)) problems.push(`${file}: ${id} stands in ${seen.get(id)}, too`)
    seen.set(id, file)
    if (!new RegExp(`\\b${id}[:,]`).test(titles) && !differences.includes(`**${id}**`))
      problems.push(`${file}: no test title begins with ${id}`)
  }
}
for (const problem of problems) console.error(problem)
process.exit(problems.length > 0 ? 1 : 0)
