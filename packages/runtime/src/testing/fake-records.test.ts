import { recordsContract } from '../ports/records.contract.js'
import { fakeRecords } from './fake-records.js'

recordsContract('the fake records', async () => {
  const records = fakeRecords()
  return { records, reopen: () => records }
})
