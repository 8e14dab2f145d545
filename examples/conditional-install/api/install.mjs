// Stands for `npm install`, so that the example runs without a network: installs the dependencies that are folders here.
import { cpSync, readFileSync } from 'node:fs'

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
for (const [name, source] of Object.entries(dependencies)) {
  cpSync(source.replace('file:', ''), `node_modules/${name}`, { recursive: true })
  console.log(`installed ${name} from ${source}`)
}
