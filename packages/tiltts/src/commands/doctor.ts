import { type Command, exitCode } from '../cli/command.js'
import { examine } from '../doctor/examine.js'
import { doctorReport } from '../doctor/report.js'
import { clusterFlags, portsFor } from '../engine/invoked-ports.js'

export const command: Command = {
  usage: '',
  summary: 'look at what a session here would use',
  details: 'Exit code 1 when something that is there does not work: the Docker engine, the cluster of the kubeconfig.',
  flags: clusterFlags,
  async run(invocation) {
    const { ports, close } = portsFor(invocation)
    try {
      const { text, healthy } = doctorReport(await examine(ports))
      process.stdout.write(text)
      return healthy ? exitCode.ok : exitCode.failed
    } finally {
      await close()
    }
  },
}
