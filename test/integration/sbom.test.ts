// The bill of materials, as npm and the Go modules give it: valid CycloneDX, and nothing that is pinned is missing.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

const projectDir = join(import.meta.dirname, '../..')

/** Of CycloneDX 1.5: what its schema requires, and of the rest what we use. */
const schema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/),
  version: z.int().min(1),
  metadata: z.object({ timestamp: z.iso.datetime(), component: z.object({ 'bom-ref': z.string() }) }),
  components: z.array(
    z.object({
      'bom-ref': z.string().min(1),
      type: z.enum(['library', 'application', 'framework']),
      name: z.string().min(1),
      version: z.string().min(1),
      purl: z.string().regex(/^pkg:(npm|golang)\/[^@\s]+@[^@\s]+$/),
      hashes: z
        .array(z.object({ alg: z.string(), content: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{128})$/) }))
        .optional(),
      properties: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

let folder: string
let bom: z.infer<typeof schema>
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-sbom-'))
  const file = join(folder, 'sbom.json')
  execFileSync(process.execPath, [join(projectDir, 'scripts/sbom.ts'), file])
  bom = schema.parse(JSON.parse(readFileSync(file, 'utf8')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('references are unique, and lead to something', () => {
  const refs = bom.components.map((component) => component['bom-ref'])
  expect(new Set(refs).size).toBe(refs.length)
  const known = new Set([...refs, bom.metadata.component['bom-ref']])
  expect(
    bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]).filter((ref) => !known.has(ref)),
  ).toEqual([])
})

test('every npm package of the lock file is in it, with its hash', () => {
  const lock = JSON.parse(readFileSync(join(projectDir, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; name?: string }>
  }
  const pinned = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, name }]) => `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`)
  const listed = bom.components.filter(({ purl }) => purl.startsWith('pkg:npm/'))
  expect(
    [...new Set(pinned)].filter((each) => !listed.some(({ name, version }) => `${name}@${version}` === each)),
  ).toEqual([])
  expect(listed.filter(({ hashes = [] }) => hashes.length === 0)).toEqual([])
})

test.each([
  ['build/k6', 'go.k6.io/k6'],
  ['build/tools', 'github.com/Shopify/toxiproxy'],
  ['build/tools', 'github.com/nats-io/nats-server'],
])('the modules of %s are in it, %s too, each with the hash of go.sum', (module, program) => {
  const listed = bom.components.filter((component) => component['bom-ref'].startsWith(`${module}:`))
  const required = readFileSync(join(projectDir, module, 'go.mod'), 'utf8').match(/^(require |\t)\S+ v\S+/gm) ?? []
  expect(listed).toHaveLength(required.length)
  expect(listed.some(({ name }) => name.startsWith(program))).toBe(true)
  for (const { name, properties = [] } of listed)
    expect(properties.find((property) => property.name === 'holdfast:go.sum')?.value, name).toMatch(/^h1:/)
})
