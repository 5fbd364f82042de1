import type { Played } from './play.ts'

/** Markdown: a row for each kind of ending and environment. */
export const endingsTable = (played: readonly Played[]): string => {
  const rows = new Map<string, { runs: number; reached: number; wrong: number }>()
  for (const { kind, environment, reached, wrong } of played) {
    const key = `| ${kind} | ${environment} |`
    const row = rows.get(key) ?? { runs: 0, reached: 0, wrong: 0 }
    rows.set(key, {
      runs: row.runs + 1,
      reached: row.reached + Number(reached),
      wrong: row.wrong + Number(wrong.length > 0),
    })
  }
  return [
    '| ending | environment | runs | of these hit in the run | something left, or unreadable |',
    '|---|---|---|---|---|',
    ...[...rows].map(([key, { runs, reached, wrong }]) => `${key} ${runs} | ${reached} | ${wrong} |`),
  ].join('\n')
}
