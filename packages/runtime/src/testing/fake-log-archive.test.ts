import { logArchiveContract } from '../ports/log-archive.contract.js'
import { fakeLogArchive } from './fake-log-archive.js'

logArchiveContract('the fake', async (limits) => fakeLogArchive(limits))
