import type { Readable } from 'node:stream'

/**
 * Calls back once per line, without its end. A last piece without a line end is given too, when the
 * stream ends. Resolves when the stream is closed; rejects when reading fails.
 */
export const eachLine = (input: Readable, onLine: (line: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let rest = ''
    input.setEncoding('utf8')
    input.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
    })
    // `close` comes without `end` when the stream was destroyed: there will be no more lines either.
    input.on('close', () => {
      if (rest !== '') onLine(rest)
      resolve()
    })
    input.on('error', reject)
  })
