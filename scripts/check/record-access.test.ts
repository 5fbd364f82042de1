import { expect, test } from 'vitest'
import { checkRecordAccess } from './record-access.ts'

const check = (file: string, text: string) => checkRecordAccess(new Map([[file, text]]))
const names = "import { recordFiles } from '../run/record-names.ts'\n"

test.each([
  ['run/a.ts', `import { existsSync, readFileSync } from 'node:fs'\n${names}`, 2],
  ['scripts/a.ts', `import {\n  rmSync,\n} from 'node:fs'\n${names}`, 1],
  ['scripts/a.ts', `import { rm } from 'node:fs/promises'\n${names}`, 1],
  ['scripts/a.ts', `import * as fs from 'node:fs'\n${names}`, 1],
])('refuses a record’s file by its path: %s %#', (file, text, count) => {
  const problems = check(file, text)
  expect(problems).toHaveLength(count)
  expect(problems[0]).toContain(`${file}: opens files of a record by node:fs`)
})

test.each([
  ['run/a.ts', `import { closeSync, createReadStream } from 'node:fs'\n${names}`],
  ['run/a.ts', "import { readFileSync } from 'node:fs'\n"],
  ['run/a.test.ts', `import { readFileSync } from 'node:fs'\n${names}`],
  ['run/record-files.ts', `import { openSync } from 'node:fs'\n${names}`],
])('allows %s %#', (file, text) => {
  expect(check(file, text)).toEqual([])
})
