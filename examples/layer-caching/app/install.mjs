// Stands for `npm install`: something slow.
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

await sleep(1000)
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
writeFileSync('installed.txt', version)
console.log(`installed for ${version}`)
