import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Round } from '../../model/round.ts'
import { roundMarkdown } from '../../reports/markdown/round.ts'
import { roundHtml } from '../../reports/round.ts'

/** Writes `index.json`, `index.md` and `index.html` of a round into its folder; gives the path of the last. */
export const writeRound = (roundDir: string, round: Round): string => {
  write(join(roundDir, 'index.json'), `${JSON.stringify(round, null, 2)}\n`)
  write(join(roundDir, 'index.md'), roundMarkdown(round))
  return write(join(roundDir, 'index.html'), roundHtml(round))
}

/** Whole or not at all. */
const write = (file: string, text: string): string => {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return file
}
