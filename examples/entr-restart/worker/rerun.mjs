// Stands for `entr -rz`: runs a command, and runs it anew when the file is written; ends when the command ends by itself.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'

const [file, command, ...args] = process.argv.slice(2)
const start = () => spawn(command, args, { stdio: 'inherit' }).once('exit', (code) => process.exit(code ?? 1))

let child = start()
let timer
watch(file, () => {
  // One write is several events.
  clearTimeout(timer)
  timer = setTimeout(() => {
    child.removeAllListeners('exit').once('exit', () => {
      child = start()
    })
    child.kill()
  }, 20)
})
process.on('SIGTERM', () => child.kill())
