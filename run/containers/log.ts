import { createWriteStream } from 'node:fs'
import type { Engine } from './engine.ts'

/**
 * Appends what a container writes from one of its starts on to a file, until it ends.
 * @param open gives the file, open for appending
 */
export const followLog = async (
  { docker }: Engine,
  id: string,
  open: () => number,
  startedAtMs: number,
  onError: (error: Error) => void,
): Promise<void> => {
  const since = startedAtMs / 1000
  const stream = await docker.getContainer(id).logs({ follow: true, stdout: true, stderr: true, since })
  const out = createWriteStream('', { fd: open() }).on('error', onError)
  // The engine sends both streams over one connection, in frames.
  docker.modem.demuxStream(stream, out, out)
  stream.on('end', () => out.end()).on('error', () => out.end())
}
