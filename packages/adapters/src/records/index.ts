export { folderRecords } from './folder-records.js'
