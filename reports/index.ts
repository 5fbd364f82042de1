import { html } from './html.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import type { Reporter } from './record.ts'

export { stepSummary } from './markdown.ts'
export type { JudgedRecord, Reporter } from './record.ts'

/** Every report of a record: the file it becomes and the function that makes it. `verdict.json` is the record's own. */
export const reporters = {
  html: { file: 'report.html', render: html },
  markdown: { file: 'report.md', render: markdown },
  junit: { file: 'junit.xml', render: junit },
} as const satisfies Record<string, { file: string; render: Reporter }>
