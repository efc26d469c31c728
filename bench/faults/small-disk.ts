import { execFile } from 'node:child_process'
import { mkdir, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** A disk of its own under the product's data folder, which can be full. */
export type SmallDisk = {
  /** Leaves no room on it. */
  fill(): Promise<void>
  free(): Promise<void>
  unmount(): Promise<void>
}

const roomyBytes = 4 * 1024 ** 3

async function usedBytes(folder: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(folder)
  return (blocks - bfree) * bsize
}

const resize = (folder: string, bytes: number) =>
  execute('mount', ['-o', `remount,size=${bytes}`, folder])

// What is written between the look and the shrinking makes it impossible: looked at again, with a little more room.
async function shrink(folder: string): Promise<void> {
  for (let pages = 4; ; pages *= 2) {
    try {
      await resize(folder, (await usedBytes(folder)) + pages * 4_096)
      return
    } catch (error) {
      if (pages > 4_096) throw error
    }
  }
}

/** Mounts a disk in memory; undefined where mounting is not possible, as without root. */
export async function mountSmallDisk(folder: string): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true })
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', `size=${roomyBytes},mode=0700`, 'tmpfs', folder])
  } catch {
    return undefined
  }
  return {
    // Shrunk to what is on it: the same as a ballast file, without its memory.
    fill: () => shrink(folder),
    free: async () => void (await resize(folder, roomyBytes)),
    unmount: async () => void (await execute('umount', ['--lazy', folder])),
  }
}
