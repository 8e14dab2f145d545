export interface SampleOptions {
  /** Of the compose project; its images begin with it, too. */
  readonly name: string
  /** On this machine. */
  readonly port: number
}

/** The files of a small project: a page and what counts its visits, in containers, with live update. */
export function sampleProject({ name, port }: SampleOptions): Readonly<Record<string, string>> {
  return {
    'tilt.config.ts': `// Edit web/server.mjs while this runs: the change goes into the container, which starts its process anew.
import { dcResource, dockerBuild, dockerCompose, link, localResource, ready, restartProcess, sync } from 'tiltts'

dockerCompose('./compose.yaml')
const counter = dcResource('counter', { labels: ['backend'] })
const web = dcResource('web', { labels: ['frontend'], links: [link('http://localhost:${port}', 'The page')] })

dockerBuild('${name}/counter', './counter')
dockerBuild('${name}/web', './web', { liveUpdate: [sync('./web', '/app'), restartProcess()] })

localResource('visit', {
  cmd: ['node', 'visit.mjs', 'http://localhost:${port}'],
  resourceDeps: [ready(counter), ready(web)],
  deps: ['visit.mjs'],
  labels: ['checks'],
})
`,
    'compose.yaml': `name: ${name}
services:
  counter:
    image: ${name}/counter
    init: true
  web:
    image: ${name}/web
    init: true
    ports: ["127.0.0.1:${port}:3000"]
    depends_on: [counter]
`,
    'counter/Dockerfile': dockerfile,
    'counter/server.mjs': `import { createServer } from 'node:http'
let visits = 0
createServer((_request, response) => response.end(String(++visits))).listen(3000, () => console.log('counting'))
`,
    'web/Dockerfile': dockerfile,
    'web/server.mjs': `import { createServer } from 'node:http'
const greeting = 'Hello from tiltts'
createServer(async (_request, response) => {
  const visits = await fetch('http://counter:3000').then((answer) => answer.text())
  console.log('visit', visits)
  response.end(\`\${greeting}: visit \${visits}\\n\`)
}).listen(3000, () => console.log('serving'))
`,
    'visit.mjs': `const [url] = process.argv.slice(2)
for (let attempt = 1; ; attempt++) {
  try {
    console.log((await fetch(url).then((answer) => answer.text())).trim())
    break
  } catch (error) {
    if (attempt === 20) throw error
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
`,
  }
}

const dockerfile = `FROM node:20
WORKDIR /app
COPY . .
CMD ["node", "server.mjs"]
`
