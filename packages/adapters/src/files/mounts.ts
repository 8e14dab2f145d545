import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { isGone } from './system-error.js'

/** Magic numbers of Linux file systems whose changes are made elsewhere, so that the kernel cannot tell of them. */
const remote = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x01021997, // 9p: Windows drives in WSL
  0x786f4256, // VirtualBox shared folders
  0xbacbacbc, // VMware shared folders
  0x7c7c6673, // Parallels shared folders
])

/**
 * Whether the path, or the nearest folder above it that exists, lies on a mount that changes without the kernel knowing.
 *
 * @param typeOf Gives the magic number of the file system of a path, or throws the system's error.
 */
export function isRemoteMount(path: string, typeOf = (at: string): number => statfsSync(at).type): boolean {
  for (let at = path; ; at = dirname(at)) {
    try {
      return remote.has(typeOf(at))
    } catch (error) {
      if (!isGone(error) || dirname(at) === at) return false
    }
  }
}
