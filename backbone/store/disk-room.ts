import { statfs } from 'node:fs/promises'

/** The room left on the disk a folder lies on. */
export type DiskRoom = { readonly freeBytes: number; readonly totalBytes: number }

/** Asks the file system how much room is left for us on a folder's disk. */
export async function diskRoom(folder: string): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
