// A process that hosts configs, to be killed by a test: prints the process group of its host, then the config's output.
import { systemClock } from '../../clock/index.js'
import { createProcesses } from '../../processes/index.js'
import { createConfigHost } from '../create-config-host.js'

const [path = '', cliPackageDir = '', mainPath = ''] = process.argv.slice(2)
const write = (text: string): void => void process.stdout.write(text)
const host = createConfigHost({
  processes: createProcesses({ sessionId: mainPath, stateFolder: `${mainPath}.state`, reaper: false }),
  clock: systemClock(),
  entry: { path, execArgv: [] },
  cliPackageDir,
  version: '1.2.3',
  keepStandby: false,
  onGroup: (pgid) => write(`group ${pgid}\n`),
})
const env = { PATH: process.env['PATH'] ?? '' }
await host.evaluate({ mainPath, args: [], command: 'dev', env, onLog: write }, new AbortController().signal)
setInterval(() => {}, 1_000)
