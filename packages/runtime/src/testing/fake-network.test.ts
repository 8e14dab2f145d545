import { networkContract } from '../ports/network.contract.js'
import { manualClock } from './fake-clock.js'
import { fakeNetwork } from './fake-network.js'

networkContract('the fake network', async () => {
  const clock = manualClock()
  const network = fakeNetwork({ clock })
  let port = 8000
  return {
    network,
    serve: async (handler) => {
      network.listen(++port, (request) => handler(request) ?? new Promise<never>(() => {}))
      return port
    },
    closedPort: async () => ++port,
    elapse: clock.advance,
    close: async () => {},
  }
})
