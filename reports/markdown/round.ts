import type { Round } from '../../model/round.ts'
import { dateText, durationText } from '../format.ts'
import { runBadge } from '../round.ts'
import { markdownTable, plain } from './text.ts'

/** A round for a pull request's comment or GitHub's step summary. */
export const roundMarkdown = (round: Round): string =>
  [
    `## ${round.kind === 'gamedays' ? 'All game days' : 'All weaknesses of the stand-ins'}`,
    '',
    `**${plain(round.sentence, 2000)}**`,
    '',
    `${dateText(round.startedAtMs)}, ${durationText(round.durationMs)}.`,
    '',
    ...markdownTable(
      [{ heading: 'Game day' }, { heading: 'Verdict' }, { heading: 'In one line' }, { heading: 'Took', right: true }],
      round.runs.map((run) => {
        const { icon, word } = runBadge(round.kind, run)
        const name = run.weakness === null ? run.gameDay : `${run.gameDay} with ${run.weakness.name}`
        return [plain(name), `${icon} ${word}`, plain(run.explanation), durationText(run.durationMs)]
      }),
    ),
    ...(round.notRun.length === 0
      ? []
      : ['', 'Not run:', '', ...round.notRun.map(({ gameDay, reason }) => `- ${plain(gameDay)}: ${plain(reason)}`)]),
    '',
  ].join('\n')
