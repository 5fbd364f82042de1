import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { buildTools, goTools, staleTools } from './tools.js'

const version = 'go version go1.26.8 test/test'
let folder: string
let project: string

const put = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** A `go` that writes the file after `-o`, or fails as told; it counts its runs in the file `runs`. */
const fakeGo = (body = 'while [ "$1" != "-o" ]; do shift; done; echo "built $3" >"$2"; chmod +x "$2"') => {
  put('bin/go', `#!/bin/sh\necho run >>'${folder}/runs'\n${body}\n`)
  chmodSync(join(folder, 'bin/go'), 0o755)
}

const goRuns = () =>
  existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1 : 0
const staleNames = (goVersion = version) => staleTools(project, goVersion).map(({ name }) => name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-build-'))
  project = join(folder, 'project')
  put('project/build/k6/go.mod', 'module k6\n')
  put('project/build/k6/holdfast/output.go', 'package holdfast\n')
  put('project/build/tools/go.mod', 'module tools\n')
  fakeGo()
  vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`)
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['without network', 'dial tcp: lookup modules.example: no such host', 'check the network'],
  ['with a full disk', 'write /tmp/x: no space left on device', 'disk is full'],
  ['because the source is wrong', './main.go:3:1: syntax error', 'git status build/k6'],
])('a build that fails %s says so, and leaves nothing', async (_name, words, hint) => {
  fakeGo(`echo '${words}' >&2; exit 1`)
  await expect(buildTools(project, version)).rejects.toMatchObject({
    message: expect.stringContaining(words),
    hint: expect.stringContaining(hint),
    exitCode: 2,
  })
  expect(readdirSync(join(project, '.tools'))).toEqual([])
})

test('builds each tool once, and not again', async () => {
  expect(staleNames()).toEqual(['k6', 'toxiproxy-server', 'nats-server'])
  await buildTools(project, version)
  expect(staleNames()).toEqual([])
  await buildTools(project, version)
  expect(goRuns()).toBe(3)
})

test('another checkout takes them from the cache', async () => {
  await buildTools(project, version)
  rmSync(join(project, '.tools'), { recursive: true })
  await buildTools(project, version)
  expect(goRuns()).toBe(3)
  expect(readFileSync(join(project, '.tools/k6'), 'utf8')).toBe('built .\n')
})

test.each([
  ['a source of k6', () => put('project/build/k6/holdfast/output.go', 'package holdfast // more\n'), ['k6']],
  ['a new source of k6', () => put('project/build/k6/holdfast/more.go', 'package holdfast\n'), ['k6']],
  ['the pins of the tools', () => put('project/build/tools/go.sum', 'x\n'), ['toxiproxy-server', 'nats-server']],
  ['a test', () => put('project/build/k6/holdfast/output_test.go', 'package holdfast\n'), []],
  ['a binary that was cut short', () => writeFileSync(join(project, '.tools/k6'), ''), ['k6']],
  ['a binary that is gone', () => rmSync(join(project, '.tools/nats-server')), ['nats-server']],
])('after a change of %s only what it concerns is stale', async (_name, change, stale) => {
  await buildTools(project, version)
  change()
  expect(staleNames()).toEqual(stale)
})

test('another Go makes all stale', async () => {
  await buildTools(project, version)
  expect(staleNames('go version go1.27.0 test/test')).toHaveLength(3)
})

test('a cache that cannot be written is no failure', async () => {
  writeFileSync(join(folder, 'cache'), 'a file where a folder should be')
  await buildTools(project, version)
  expect(staleNames()).toEqual([])
})

const cached = (name: string): string => {
  const tools = join(folder, 'cache/holdfast/tools')
  return readdirSync(tools)
    .map((key) => join(tools, key, name))
    .find((file) => existsSync(file)) as string
}

test.each([
  ['has other bytes', (file: string) => writeFileSync(file, 'another program\n', { mode: 0o755 })],
  ['has no hash', (file: string) => rmSync(`${file}.sha256`)],
  ['may be written by others', (file: string) => chmodSync(file, 0o777)],
  ['is in a folder of others', (file: string) => chmodSync(dirname(file), 0o777)],
  [
    'is a link',
    (file: string) => {
      renameSync(file, join(folder, 'elsewhere'))
      symlinkSync(join(folder, 'elsewhere'), file)
    },
  ],
])('a cached binary that %s is built anew', async (_name, change) => {
  await buildTools(project, version)
  change(cached('k6'))
  rmSync(join(project, '.tools'), { recursive: true })
  await buildTools(project, version)
  expect(goRuns()).toBe(4)
  expect(readFileSync(join(project, '.tools/k6'), 'utf8')).toBe('built .\n')
})

test('Toxiproxy says the version that go.mod pins and that the image has', () => {
  const goMod = readFileSync(join(import.meta.dirname, '../build/tools/go.mod'), 'utf8')
  const pinned = /github\.com\/Shopify\/toxiproxy\/v2 v(\S+)/.exec(goMod)?.[1]
  expect(goTools.find(({ name }) => name === 'toxiproxy-server')?.ldflags).toMatch(new RegExp(`Version=${pinned}$`))
})
